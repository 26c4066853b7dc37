import { type SQL, sql } from 'drizzle-orm';
import type { AuthDatabase } from '../../database/auth-database.js';

const BATCH = 10_000;

/** An event of the log, for followers. */
export interface FeedEvent {
  readonly seq: number;
  readonly type: string;
  readonly value: string;
  /** In milliseconds since the epoch. After that it has no effect. */
  readonly expiresAt: number;
  /** In milliseconds since the epoch; only for `client-revoked`. */
  readonly issuedBefore: number | undefined;
}

/** The first and last numbers of the log. */
export interface LogPosition {
  readonly last: number;
  /** The number of the first stored event. */
  readonly first: number | undefined;
  /** Changes whenever numbers may be used a second time. */
  readonly epoch: string;
}

/** Reads the security event log from the database. */
export class FeedStore {
  /**
   * @param isEmbedded an embedded database cannot know whether its files are a copy, so each process starts a new epoch
   */
  constructor(
    private readonly db: AuthDatabase,
    private readonly isEmbedded: boolean,
  ) {}

  /** Must be called before the first read. */
  async begin(): Promise<void> {
    if (this.isEmbedded) await this.db.execute(sql`update security_event_sequence set epoch = gen_random_uuid()`);
  }

  /**
   * Reads the position of the log. Starts a new epoch if the database is not the one in which the epoch began.
   *
   * @param known the position up to which the log was read
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
    // The numbers went back in the same database: rows were restored manually.
    const wentBack = known !== undefined && known.epoch === row.epoch && last < known.seq;
    if (row.moved || wentBack) await this.beginEpoch(row.epoch, here);
    return row.moved || wentBack
      ? this.position(known)
      : { last, first: row.first === null ? undefined : Number(row.first), epoch: row.epoch };
  }

  /** The next events, in order. */
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

  /** If several instances notice it at the same time, one of them starts the epoch. */
  private async beginEpoch(before: string, here: SQL): Promise<void> {
    await this.db.execute(sql`
      update security_event_sequence set epoch = gen_random_uuid(), place = ${here} where epoch = ${before}::uuid`);
  }
}

/**
 * Identifies the server, its timeline (it changes after a promotion or a point-in-time recovery), the database and the table (it
 * changes when a dump is restored).
 */
const PLACE: SQL = sql`(
  (select system_identifier::text from pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
  || '/' || (select oid::text from pg_database where datname = current_database())
  || '/' || 'security_event_sequence'::regclass::oid::text)`;
