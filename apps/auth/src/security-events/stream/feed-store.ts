import { type SQL, sql } from 'drizzle-orm';
import type { AuthDatabase } from '../../database/auth-database.js';

const BATCH = 10_000;

/** An event of the log, as followers get it. */
export interface FeedEvent {
  readonly seq: number;
  readonly type: string;
  readonly value: string;
  /** Milliseconds since the epoch: after that it denies nothing. */
  readonly expiresAt: number;
  /** Milliseconds since the epoch; of `client-revoked` alone. */
  readonly issuedBefore: number | undefined;
}

/** How far the log goes. */
export interface LogPosition {
  readonly last: number;
  /** The first that is kept. */
  readonly first: number | undefined;
  /** Another one where numbers may have been given out before. */
  readonly epoch: string;
}

/** The security event log, as it is read from the database. */
export class FeedStore {
  /**
   * @param isEmbedded an embedded database cannot tell that its files are a copy: each process begins an epoch of its own
   */
  constructor(
    private readonly db: AuthDatabase,
    private readonly isEmbedded: boolean,
  ) {}

  /** Before the log is read for the first time. */
  async begin(): Promise<void> {
    if (this.isEmbedded) await this.db.execute(sql`update security_event_sequence set epoch = gen_random_uuid()`);
  }

  /**
   * Begins a new epoch where the database is not where the epoch began.
   *
   * @param known how far it was read
   */
  async position(
    known: { readonly epoch: string; readonly seq: number } | undefined,
  ): Promise<LogPosition | undefined> {
    const here = this.isEmbedded ? sql`place` : PLACE;
    const { rows } = await this.db.execute<{ last: string; first: string | null; epoch: string; moved: boolean }>(sql`
      select last, epoch, place <> ${here} as moved, (select min(seq) from security_events) as first
      from security_event_sequence`);
    const [row] = rows;
    if (row === undefined) return undefined;
    const last = Number(row.last);
    // Numbers that went back, in the same place: rows were put back by hand.
    const wentBack = known !== undefined && known.epoch === row.epoch && last < known.seq;
    if (row.moved || wentBack) await this.beginEpoch(row.epoch, here);
    return row.moved || wentBack
      ? this.position(known)
      : { last, first: row.first === null ? undefined : Number(row.first), epoch: row.epoch };
  }

  /** The next events, in their order. */
  async readAfter(seq: number): Promise<FeedEvent[]> {
    const { rows } = await this.db.execute<{
      seq: string;
      type: string;
      value: string;
      end: number;
      before: number | null;
    }>(sql`
      select seq, type, value, extract(epoch from expires_at)::float8 * 1000 as "end",
        extract(epoch from issued_before)::float8 * 1000 as "before" from security_events
      where seq > ${seq} order by seq limit ${BATCH}`);
    return rows.map(({ seq: number, type, value, end, before }) => ({
      seq: Number(number),
      type,
      value,
      expiresAt: end,
      issuedBefore: before ?? undefined,
    }));
  }

  /** Of several instances that see it at once, one begins it. */
  private async beginEpoch(before: string, here: SQL): Promise<void> {
    await this.db.execute(sql`
      update security_event_sequence set epoch = gen_random_uuid(), place = ${here} where epoch = ${before}::uuid`);
  }
}

/**
 * The server, its timeline (another one after a promotion or a recovery to an earlier time), the database and the table (another one
 * after a restored dump).
 */
const PLACE: SQL = sql`(
  (select system_identifier::text from pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
  || '/' || (select oid::text from pg_database where datname = current_database())
  || '/' || 'security_event_sequence'::regclass::oid::text)`;
