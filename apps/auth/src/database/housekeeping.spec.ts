import { ManualClock } from '@watchword/auth/testing';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { addAccount, AUTH_DATABASE, DAY, makeIssuer } from '../../test/issuer.js';
import { UsedAssertionStore } from '../clients/authentication/used-assertion-store.js';
import { Housekeeping } from './housekeeping.js';
import * as schema from './schema/index.js';

describeOnEachDatabase('housekeeping', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  it('forgets sessions and events once no token of theirs can be valid, and not before', async () => {
    const issuer = makeIssuer(database());
    const housekeeping = new Housekeeping(database(), issuer.clock, 400 * DAY * 1000);
    const account = await addAccount(database(), issuer.clock);
    await issuer.logIn(account);
    await issuer.endSessions.endAll(account, { type: 'system' });
    const counts = async () => {
      await housekeeping.run();
      const [sessions, events] = await Promise.all([
        database().select().from(schema.sessions),
        database().select().from(schema.securityEvents),
      ]);
      return [sessions.length, events.length];
    };
    expect(await counts()).toEqual([1, 1]);
    issuer.clock.advance(301);
    expect(await counts()).toEqual([0, 1]);
    issuer.clock.advance(359);
    expect(await counts()).toEqual([0, 1]);
    issuer.clock.advance(1);
    expect(await counts()).toEqual([0, 0]);
  });

  it('leaves no gap between events that are kept', async () => {
    const issuer = makeIssuer(database());
    const housekeeping = new Housekeeping(database(), issuer.clock, 400 * DAY * 1000);
    await database().transaction(async (tx) => {
      for (const [index, seconds] of [1, 3 * DAY, 1, 3 * DAY].entries()) {
        const end = issuer.clock.now() + seconds * 1000;
        await issuer.events.append(tx, { type: 'token-revoked', value: String(index) }, end);
      }
    });
    issuer.clock.advance(DAY);
    await housekeeping.run();
    const left = await database().select().from(schema.securityEvents).orderBy(schema.securityEvents.seq);
    expect(left.map(({ value }) => value)).toEqual(['1', '2', '3']);
  });

  it('keeps entries of the audit log for their retention, and removes all that are older', async () => {
    const issuer = makeIssuer(database());
    const housekeeping = new Housekeeping(database(), issuer.clock, 400 * DAY * 1000);
    await database().delete(schema.auditLog);
    const record = (count: number, action: string) => {
      const sids = Array.from({ length: count }, (_, index) => index).join(',');
      return issuer.audit.recordForSessions(database(), { actor: { type: 'system' }, action }, sids);
    };
    const left = async () => {
      await housekeeping.run();
      const rows = await database().select({ action: schema.auditLog.action }).from(schema.auditLog);
      return rows.map(({ action }) => action);
    };
    await record(10_001, 'old');
    issuer.clock.advance(1);
    await record(1, 'kept');
    issuer.clock.advance(400 * DAY - 1);
    expect(new Set(await left())).toEqual(new Set(['old', 'kept']));
    issuer.clock.advance(0.001);
    expect(await left()).toEqual(['kept']);
  });

  it('remembers a used assertion for as long as an instance whose clock is behind takes it', async () => {
    const clock = new ManualClock();
    const end = clock.now() + 60_000;
    const assertions = new UsedAssertionStore(database());
    const housekeeping = new Housekeeping(database(), clock, 400 * DAY * 1000);
    expect(await assertions.use('orders', 'once', end)).toBe(true);
    clock.advance(119);
    await housekeeping.run();
    expect(await assertions.use('orders', 'once', end)).toBe(false);
    clock.advance(2);
    await housekeeping.run();
    expect(await database().select().from(schema.usedClientAssertions)).toEqual([]);
  });
});
