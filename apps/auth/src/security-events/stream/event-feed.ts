import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import type { AuthDatabase } from '../../database/auth-database.js';

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

/** How far this instance has read the log. */
export interface FeedPosition {
  readonly epoch: string;
  /** The last event that it has. */
  readonly seq: number;
}

export interface FeedListener {
  /** New events, in their order. */
  onEvents(events: readonly FeedEvent[], position: FeedPosition): void;
  /** Numbers begin anew: what was read so far says nothing of what comes. */
  onEpoch(): void;
}

/** Milliseconds between two looks at the log. One row of one table, so this is what revocation waits for on average twice. */
const POLL_MS = 100;
const BATCH = 10_000;

/**
 * The security event log in memory, as this instance has read it: hundreds of followers cost the database no more than one.
 *
 * Reads by the dense numbers alone. The row of the last number is written by whoever appends, so what it says is committed.
 */
export class EventFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('EventFeed');
  private readonly listeners = new Set<FeedListener>();
  private events: FeedEvent[] = [];
  private at: FeedPosition | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;

  /**
   * @param isEmbedded an embedded database cannot tell that its files are a copy: each process begins an epoch of its own
   */
  constructor(
    private readonly db: AuthDatabase,
    private readonly isEmbedded: boolean,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.isEmbedded) await this.db.execute(sql`update security_event_sequence set epoch = gen_random_uuid()`);
    await this.read();
    this.timer = setInterval(() => void this.read(), POLL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  /** Undefined while the log could never be read. */
  get position(): FeedPosition | undefined {
    return this.at;
  }

  /** Events that still matter, after the one of this number; undefined where some of those are not known any more. */
  since(seq: number): readonly FeedEvent[] | undefined {
    const first = this.events[0]?.seq ?? (this.at?.seq ?? 0) + 1;
    if (seq > (this.at?.seq ?? 0) || seq < first - 1) return undefined;
    return this.events.slice(seq - first + 1);
  }

  /** All events that still matter at this time, in milliseconds since the epoch. */
  snapshot(now: number): readonly FeedEvent[] {
    return this.events.filter(({ expiresAt }) => expiresAt > now);
  }

  subscribe(listener: FeedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Looks now; one look at a time. A database that is away is asked again at the next one. */
  read(): Promise<void> {
    this.reading ??= this.readLog()
      .catch((error: unknown) => this.logger.debug(String(error)))
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private async readLog(): Promise<void> {
    const log = await this.readSequence();
    if (log === undefined) return;
    if (this.at !== undefined && (log.epoch !== this.at.epoch || log.last < this.at.seq)) this.beginAnew();
    this.at ??= { epoch: log.epoch, seq: 0 };
    this.forget(log.first);
    while (this.at.seq < log.last) {
      const events = await this.readAfter(this.at.seq);
      const last = events.at(-1);
      // What is between was removed: it denied nothing any more.
      this.at = { epoch: log.epoch, seq: last?.seq ?? log.last };
      if (last === undefined) break;
      this.events.push(...events);
      for (const listener of this.listeners) listener.onEvents(events, this.at);
    }
  }

  private beginAnew(): void {
    this.at = undefined;
    this.events = [];
    for (const listener of this.listeners) listener.onEpoch();
  }

  /** Housekeeping removes from the beginning: what is left is dense. */
  private forget(first: number | null): void {
    const known = this.events[0]?.seq;
    if (known === undefined) return;
    this.events.splice(0, first === null ? this.events.length : Math.max(0, first - known));
  }

  /** The last number, the first that is kept, and the epoch: a new one where the database is not where the epoch began. */
  private async readSequence(): Promise<{ last: number; first: number | null; epoch: string } | undefined> {
    const here = this.isEmbedded ? sql`place` : PLACE;
    const { rows } = await this.db.execute<{ last: string; first: string | null; epoch: string; moved: boolean }>(sql`
      select last, epoch, place <> ${here} as moved, (select min(seq) from security_events) as first
      from security_event_sequence`);
    const [row] = rows;
    if (row === undefined) return undefined;
    const last = Number(row.last);
    // Numbers that went back, in the same place: rows were put back by hand.
    const wentBack = this.at !== undefined && this.at.epoch === row.epoch && last < this.at.seq;
    if (row.moved || wentBack) await this.beginEpoch(row.epoch, here);
    return row.moved || wentBack
      ? this.readSequence()
      : { last, first: row.first === null ? null : Number(row.first), epoch: row.epoch };
  }

  /** Of several instances that see it at once, one begins it. */
  private async beginEpoch(before: string, here: SQL): Promise<void> {
    await this.db.execute(sql`
      update security_event_sequence set epoch = gen_random_uuid(), place = ${here} where epoch = ${before}::uuid`);
  }

  private async readAfter(seq: number): Promise<FeedEvent[]> {
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
}

/**
 * The server, its timeline (another one after a promotion or a recovery to an earlier time), the database and the table (another one
 * after a restored dump).
 */
const PLACE: SQL = sql`(
  (select system_identifier::text from pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
  || '/' || (select oid::text from pg_database where datname = current_database())
  || '/' || 'security_event_sequence'::regclass::oid::text)`;
