import type { Clock } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';

export type SecurityEvent =
  | { readonly type: 'session-revoked' | 'token-revoked' | 'key-revoked'; readonly value: string }
  | { readonly type: 'keys-changed'; readonly value: '' };

/** Verifiers accept a token somewhat longer than its `exp`, and their clocks differ. Milliseconds. */
const MARGIN = 60_000;

/** The log of what was revoked. Appended to only inside the transaction that revokes. */
export class SecurityEventLog {
  constructor(private readonly clock: Clock) {}

  /**
   * Appends one event with the next number of the dense sequence. The sequence's row stays locked until the
   * transaction ends, so append last: everyone else who revokes waits meanwhile.
   *
   * @param expiresAt latest `exp` of what the event denies, in milliseconds since the epoch
   */
  async append(tx: AuthTransaction, event: SecurityEvent, expiresAt: number): Promise<void> {
    const now = new Date(this.clock.now()).toISOString();
    const end = new Date(expiresAt + MARGIN).toISOString();
    await tx.execute(sql`
      with next as (update security_event_sequence set last = last + 1 returning last)
      insert into security_events (seq, type, value, expires_at, created_at)
      select last, ${event.type}, ${event.value}, ${end}::timestamptz, ${now}::timestamptz from next`);
  }
}
