import type { Clock } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';

export type SecurityEventType = 'session-revoked' | 'token-revoked' | 'key-revoked' | 'keys-changed';

export interface SecurityEvent {
  readonly type: SecurityEventType;
  /** The sid, jti or kid that is denied; empty for `keys-changed`, which denies nothing. */
  readonly value: string;
}

/** An event, and until when it matters. */
export interface DatedSecurityEvent extends SecurityEvent {
  /** Latest `exp` of what it denies, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Milliseconds. Verifiers can be told to accept a token up to 300 s after its `exp`, and clocks differ by a minute at most. */
const MARGIN = 360_000;

/** The log of what was revoked. Appended to only inside the transaction that revokes. */
export class SecurityEventLog {
  constructor(private readonly clock: Clock) {}

  /** @param expiresAt latest `exp` of what the event denies, in milliseconds since the epoch */
  append(tx: AuthTransaction, event: SecurityEvent, expiresAt: number): Promise<void> {
    return this.appendAll(tx, [{ ...event, expiresAt }]);
  }

  /**
   * Appends events with the next numbers of the dense sequence. The sequence's row stays locked until the transaction
   * ends: numbers are committed in order. So append last, for everyone else who revokes waits meanwhile.
   */
  async appendAll(tx: AuthTransaction, events: readonly DatedSecurityEvent[]): Promise<void> {
    if (events.length === 0) return;
    const now = new Date(this.clock.now()).toISOString();
    const ends = events.map(({ expiresAt }) => new Date(expiresAt + MARGIN).toISOString());
    // Arrays, one parameter a column: PostgreSQL takes 65,535 parameters at most, and people have more sessions together.
    await tx.execute(sql`
      with taken as (update security_event_sequence set last = last + ${events.length}::int returning last)
      insert into security_events (seq, type, value, expires_at, created_at)
      select taken.last - ${events.length}::int + position, type, value, expires_at, ${now}::timestamptz
      from taken, unnest(
        ${sql.param(events.map(({ type }) => type))}::text[],
        ${sql.param(events.map(({ value }) => value))}::text[],
        ${sql.param(ends)}::timestamptz[]
      ) with ordinality as event (type, value, expires_at, position)`);
  }
}
