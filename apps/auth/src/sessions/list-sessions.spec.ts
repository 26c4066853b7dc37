import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer } from '../../test/issuer.js';
import type * as schema from '../database/schema/index.js';

describeOnEachDatabase('the sessions of a person', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  it('are listed while they go on: not once they were idle for too long, are too old, or have ended', async () => {
    const issuer = makeIssuer(database());
    const account = await addAccount(database(), issuer.clock);
    const device = { userAgent: 'jest', ip: '192.0.2.1' };
    const logIn = () => issuer.start.run(database(), account, 'watchword', device);
    const count = async () => (await issuer.list.run(account)).length;
    await logIn();
    let { refresh_token: used = '' } = await logIn();
    expect(await count()).toBe(2);
    for (let day = 6; day < 30; day += 6) {
      issuer.clock.advance(6 * DAY);
      used = (await issuer.rotate.run(used, 'watchword')).refresh_token ?? '';
    }
    expect(await issuer.list.run(account)).toEqual([expect.objectContaining({ userAgent: 'jest', ip: '192.0.2.1' })]);
    issuer.clock.advance(6 * DAY);
    expect(await count()).toBe(0);
    await logIn();
    expect(await count()).toBe(1);
    await issuer.endSessions.endAll(account, { type: 'system' });
    expect(await count()).toBe(0);
  });
});
