import { systemClock } from '@watchword/auth';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { AUTH_DATABASE } from '../../test/issuer.js';
import * as schema from '../database/schema/index.js';
import { SecurityEventLog } from './security-event-log.js';

describeOnEachDatabase('the security event log', AUTH_DATABASE, (database: () => Database<typeof schema>) => {
  const log = new SecurityEventLog(systemClock);
  const end = Date.now() + 300_000;

  beforeEach(async () => {
    await database().delete(schema.securityEvents);
    await database().update(schema.securityEventSequence).set({ last: 0 });
  });

  const seqs = async () =>
    (await database().select({ seq: schema.securityEvents.seq }).from(schema.securityEvents))
      .map(({ seq }) => seq)
      .toSorted((a, b) => a - b);

  it('numbers events without a gap, also where transactions fail meanwhile', async () => {
    await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        database().transaction(async (tx) => {
          const count = 1 + (index % 3);
          const each = (value: string): string => Array.from({ length: count }, () => value).join(',');
          const tokensExpireAt = each(new Date(end).toISOString());
          await log.appendSessions(tx, { count, sids: each(String(index)), tokensExpireAt });
          if (index % 5 === 0) throw new Error('rolled back');
        }),
      ),
    );
    const numbers = await seqs();
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  it('never shows a number before all lower ones', async () => {
    const progress = { finished: false };
    const writers = Promise.all(
      Array.from({ length: 20 }, () =>
        database().transaction((tx) => log.append(tx, { type: 'keys-changed', value: '' }, end)),
      ),
    ).finally(() => {
      progress.finished = true;
    });
    while (!progress.finished) {
      const numbers = await seqs();
      expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    }
    await writers;
  });

  it('goes on counting when old events were removed', async () => {
    await database().transaction((tx) => log.append(tx, { type: 'token-revoked', value: 'a' }, end));
    await database().delete(schema.securityEvents);
    await database().transaction((tx) => log.append(tx, { type: 'token-revoked', value: 'b' }, end));
    expect(await seqs()).toEqual([2]);
  });
});
