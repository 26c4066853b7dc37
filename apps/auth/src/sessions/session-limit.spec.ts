import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq, inArray } from 'drizzle-orm';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer, payloadOf, type TestIssuer } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';

describeOnEachDatabase('the live sessions of an account', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  const make = () => makeIssuer(database(), { sessionsPerAccount: 3 });
  const logIn = async (issuer: TestIssuer, account: string) => {
    issuer.clock.advance(1);
    const tokens = await issuer.logIn(account);
    return { sid: String(payloadOf(tokens.access_token)['sid']), refreshToken: tokens.refresh_token ?? '' };
  };
  const liveSids = async (issuer: TestIssuer, account: string) =>
    (await issuer.list.page(account, 200)).sessions.map(({ id }) => id);

  it('are bounded: one more login ends the one that was unused for longest, and says so in both logs', async () => {
    const issuer = make();
    const account = await addAccount(database(), issuer.clock);
    const [first, second, third] = [
      await logIn(issuer, account),
      await logIn(issuer, account),
      await logIn(issuer, account),
    ];
    issuer.clock.advance(1);
    await issuer.rotate.run(first.refreshToken, 'watchword');
    const fourth = await logIn(issuer, account);
    expect(await liveSids(issuer, account)).toEqual([fourth.sid, first.sid, third.sid]);
    await expect(issuer.rotate.run(second.refreshToken, 'watchword')).rejects.toMatchObject({ code: 'invalid_grant' });
    const denied = await database()
      .select()
      .from(schema.securityEvents)
      .where(inArray(schema.securityEvents.value, [first.sid, second.sid, third.sid, fourth.sid]));
    expect(denied).toEqual([expect.objectContaining({ type: 'session-revoked', value: second.sid })]);
    const entries = await database().select().from(schema.auditLog).where(eq(schema.auditLog.targetId, second.sid));
    expect(entries).toEqual([
      expect.objectContaining({ action: 'session.end', actorType: 'system', detail: { reason: 'session-limit' } }),
    ]);
  });

  it('do not count once they were idle for too long', async () => {
    const issuer = make();
    const account = await addAccount(database(), issuer.clock);
    await Promise.all([1, 2, 3].map(() => logIn(issuer, account)));
    issuer.clock.advance(8 * DAY);
    const late = await logIn(issuer, account);
    expect(await liveSids(issuer, account)).toEqual([late.sid]);
    const ended = await database().select().from(schema.sessions).where(eq(schema.sessions.accountId, account));
    expect(ended.filter(({ endedAt }) => endedAt !== null)).toEqual([]);
  });

  it('are never more, however many log in at once', async () => {
    const issuer = make();
    const account = await addAccount(database(), issuer.clock);
    await Promise.all(Array.from({ length: 12 }, () => issuer.logIn(account)));
    expect(await liveSids(issuer, account)).toHaveLength(3);
  });

  it('are bounded for each account by itself', async () => {
    const issuer = make();
    const [ann, bob] = [await addAccount(database(), issuer.clock), await addAccount(database(), issuer.clock)];
    const hers = await logIn(issuer, ann);
    for (let index = 0; index < 5; index += 1) await logIn(issuer, bob);
    expect(await liveSids(issuer, ann)).toEqual([hers.sid]);
  });
});
