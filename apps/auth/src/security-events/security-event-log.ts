import type { Clock } from '@watchword/auth';
import { sql, type SQL } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';

export type SecurityEventType =
  'session-revoked' | 'token-revoked' | 'account-deleted' | 'client-revoked' | 'key-revoked' | 'keys-changed';

export interface SecurityEvent {
  readonly type: SecurityEventType;
  /** The denied sid, jti, sub, client_id or kid; empty for `keys-changed`, which denies nothing. */
  readonly value: string;
  /** Only for `client-revoked`, in milliseconds since the epoch: tokens that were issued before are denied, later ones are not. */
  readonly issuedBefore?: number;
}

/**
 * Sessions whose tokens are denied, as comma-separated text for each column: the database writes and reads it. Converting 100,000
 * sessions to objects would take longer than the statements.
 */
export interface RevokedSessions {
  readonly count: number;
  readonly sids: string;
  /** The latest `exp` of the tokens of each session, in the format of PostgreSQL. */
  readonly tokensExpireAt: string;
}

/** In milliseconds. Verifiers can be configured to accept a token up to 300 s after its `exp`, and clocks differ by at most a minute. */
const MARGIN = 360_000;

/** The log of revocations. Events are appended inside the transaction that revokes. */
export class SecurityEventLog {
  constructor(private readonly clock: Clock) {}

  /** @param expiresAt the latest `exp` of the denied tokens, in milliseconds since the epoch */
  append(tx: AuthTransaction, { type, value, issuedBefore }: SecurityEvent, expiresAt: number): Promise<void> {
    const end = sql`${new Date(expiresAt + MARGIN).toISOString()}::timestamptz`;
    const before = sql`${issuedBefore === undefined ? null : new Date(issuedBefore).toISOString()}::timestamptz`;
    return this.insert(tx, 1, sql`(values (${type}, ${value}, ${end}, ${before}, 1)) as event (${COLUMNS})`);
  }

  /** Whether the log already has such an event. */
  async has(tx: AuthTransaction, { type, value }: SecurityEvent): Promise<boolean> {
    const { rows } = await tx.execute(sql`select 1 from security_events where value = ${value} and type = ${type}`);
    return rows.length > 0;
  }

  /** Appends `session-revoked` for each of the sessions. */
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
   * Appends events with the next numbers of the sequence. The row of the sequence stays locked until the end of the transaction, so
   * that numbers are committed in order. Append as the last step of a transaction, because all other revocations wait for the lock.
   *
   * @param events the source of the events, with the {@link COLUMNS}; `position` counts from 1
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
