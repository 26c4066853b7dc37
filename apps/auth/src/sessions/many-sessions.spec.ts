import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq, sql } from 'drizzle-orm';
import { addAccount, AUTH_DATABASE, insertSessions, makeIssuer } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';

/** More than PostgreSQL has parameters for in one statement (65,535), were each event to bind four of them. */
const MANY = 17_000;

describeOnEachDatabase(
  'more sessions than one statement has parameters',
  AUTH_DATABASE,
  (database: () => Database<typeof schema>) => {
    async function accountWithSessions() {
      const issuer = makeIssuer(database());
      const account = await addAccount(database(), issuer.clock);
      await insertSessions(database(), issuer.clock, account, MANY);
      return { issuer, account };
    }

    const countOf = async (query: ReturnType<typeof sql>) =>
      (await database().execute<{ count: number }>(sql`select count(*)::int as count from ${query}`)).rows[0]?.count;

    it('are all ended in one call: each with its event, without a gap, and its entry in the audit log', async () => {
      const { issuer, account } = await accountWithSessions();
      const before = await countOf(sql`security_events`);
      expect(await issuer.endSessions.endAll(account, { type: 'system' })).toBe(MANY);
      const ofAccount = sql`sessions where account_id = ${account}`;
      expect(await countOf(sql`${ofAccount} and ended_at is null`)).toBe(0);
      expect(await countOf(sql`security_events where value in (select sid::text from ${ofAccount})`)).toBe(MANY);
      expect(await countOf(sql`audit_log where target_id in (select sid::text from ${ofAccount})`)).toBe(MANY);
      const [sequence] = await database().select().from(schema.securityEventSequence);
      expect(sequence?.last).toBe((before ?? 0) + MANY);
      expect(await countOf(sql`(select max(seq) from security_events having max(seq) = count(*)) as dense`)).toBe(1);
    });

    it('all get a new sid when what a role grants has changed', async () => {
      const { issuer, account } = await accountWithSessions();
      const sidsOf = async () =>
        (
          await database()
            .select({ sid: schema.sessions.sid })
            .from(schema.sessions)
            .where(eq(schema.sessions.accountId, account))
        ).map(({ sid }) => sid);
      const before = new Set(await sidsOf());
      await database().transaction((tx) => issuer.renew.ofRole(tx, 'customer'));
      const after = await sidsOf();
      expect(after).toHaveLength(MANY);
      expect(after.filter((sid) => before.has(sid))).toEqual([]);
      const denied = await database().select({ value: schema.securityEvents.value }).from(schema.securityEvents);
      const values = new Set(denied.map(({ value }) => value));
      expect([...before].every((sid) => values.has(sid))).toBe(true);
    });
  },
);
