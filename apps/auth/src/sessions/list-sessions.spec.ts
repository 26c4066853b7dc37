import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer } from '../../test/issuer.js';
import type * as schema from '../database/schema/index.js';
import { parseSessionPosition, type SessionPosition } from './session-position.js';

describeOnEachDatabase('the sessions of a person', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  it('are listed while they go on: not once they were idle for too long, are too old, or have ended', async () => {
    const issuer = makeIssuer(database());
    const account = await addAccount(database(), issuer.clock);
    const logIn = () => issuer.logIn(account);
    const count = async () => (await issuer.list.page(account, 200)).sessions.length;
    await logIn();
    let { refresh_token: used = '' } = await logIn();
    expect(await count()).toBe(2);
    for (let day = 6; day < 30; day += 6) {
      issuer.clock.advance(6 * DAY);
      used = (await issuer.rotate.run(used, 'watchword')).refresh_token ?? '';
    }
    expect((await issuer.list.page(account, 200)).sessions).toEqual([
      expect.objectContaining({ userAgent: 'jest', ip: '192.0.2.1' }),
    ]);
    issuer.clock.advance(6 * DAY);
    expect(await count()).toBe(0);
    await logIn();
    expect(await count()).toBe(1);
    await issuer.endSessions.endAll(account, { type: 'system' });
    expect(await count()).toBe(0);
  });

  it('come page by page, each once, also where some were last used in the same millisecond', async () => {
    const issuer = makeIssuer(database());
    const account = await addAccount(database(), issuer.clock);
    for (let index = 0; index < 7; index += 1) {
      await issuer.logIn(account);
      if (index % 3 === 0) issuer.clock.advance(1);
    }
    const { sessions: all, next: none } = await issuer.list.page(account, 7);
    expect(none).toBeUndefined();
    const pages: string[] = [];
    let after: SessionPosition | undefined;
    do {
      const { sessions, next } = await issuer.list.page(account, 2, after);
      expect(sessions.length).toBeGreaterThan(0);
      pages.push(...sessions.map(({ id }) => id));
      after = next === undefined ? undefined : parseSessionPosition(next);
    } while (after !== undefined);
    expect(pages).toEqual(all.map(({ id }) => id));
    expect(new Set(pages).size).toBe(7);
  });
});
