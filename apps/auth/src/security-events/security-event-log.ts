import type { Clock } from '@watchword/auth';
import { sql, type SQL } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';

export type SecurityEventType =
  'session-revoked' | 'token-revoked' | 'account-deleted' | 'client-revoked' | 'key-revoked' | 'keys-changed';

export interface SecurityEvent {
  readonly type: SecurityEventType;
  /** The sid, jti, sub, client_id or kid that is denied; empty for `keys-changed`, which denies nothing. */
  readonly value: string;
  /** Of `client-revoked`, in milliseconds since the epoch: what was issued before is denied, and nothing that is issued later. */
  readonly issuedBefore?: number;
}

/**
 * Sessions whose tokens are denied, as one text a column, separated by commas: the database wrote it and reads it again.
 * Made into objects of this process, 100,000 of them take longer here than there.
 */
export interface RevokedSessions {
  readonly count: number;
  readonly sids: string;
  /** Of each session the latest `exp` of its tokens, in PostgreSQL's own form. */
  readonly tokensExpireAt: string;
}

/** Milliseconds. Verifiers can be told to accept a token up to 300 s after its `exp`, and clocks differ by a minute at most. */
const MARGIN = 360_000;

/** The log of what was revoked. Appended to only inside the transaction that revokes. */
export class SecurityEventLog {
  constructor(private readonly clock: Clock) {}

  /** @param expiresAt latest `exp` of what the event denies, in milliseconds since the epoch */
  append(tx: AuthTransaction, { type, value, issuedBefore }: SecurityEvent, expiresAt: number): Promise<void> {
    const end = sql`${new Date(expiresAt + MARGIN).toISOString()}::timestamptz`;
    const before = sql`${issuedBefore === undefined ? null : new Date(issuedBefore).toISOString()}::timestamptz`;
    return this.insert(tx, 1, sql`(values (${type}, ${value}, ${end}, ${before}, 1)) as event (${COLUMNS})`);
  }

  /** Whether that was revoked before. */
  async has(tx: AuthTransaction, { type, value }: SecurityEvent): Promise<boolean> {
    const { rows } = await tx.execute(sql`select 1 from security_events where value = ${value} and type = ${type}`);
    return rows.length > 0;
  }

  /** `session-revoked` for each of them. */
  async appendSessions(tx: AuthTransaction, { count, sids, tokensExpireAt }: RevokedSessions): Promise<void> {
    if (count === 0) return;
    const revoked = sql`unnest(string_to_array(${sids}, ','), string_to_array(${tokensExpireAt}, ',')::timestamptz[])
      with ordinality as session (sid, tokens_expire_at, position)`;
    const end = sql`tokens_expire_at + make_interval(secs => ${MARGIN / 1000})`;
    await this.insert(
      tx,
      count,
      sql`(select 'session-revoked', sid, ${end}, null::timestamptz, position from ${revoked}) as event (${COLUMNS})`,
    );
  }

  /**
   * Appends events with the next numbers of the dense sequence. The sequence's row stays locked until the transaction
   * ends: numbers are committed in order. So append last, for everyone else who revokes waits meanwhile.
   *
   * @param events what to select them from, with the {@link COLUMNS}; `position` counts from 1
   */
  private async insert(tx: AuthTransaction, count: number, events: SQL): Promise<void> {
    const now = new Date(this.clock.now()).toISOString();
    await tx.execute(sql`
      with taken as (update security_event_sequence set last = last + ${count}::int returning last)
      insert into security_events (seq, type, value, expires_at, issued_before, created_at)
      select taken.last - ${count}::int + position, type, value, expires_at, issued_before, ${now}::timestamptz
      from taken, ${events}`);
  }
}

const COLUMNS = sql.raw('type, value, expires_at, issued_before, position');
