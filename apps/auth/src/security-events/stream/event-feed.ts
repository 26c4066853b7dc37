import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { FeedEvent, FeedStore } from './feed-store.js';

/** The position up to which this instance has read the log. */
export interface FeedPosition {
  readonly epoch: string;
  /** The number of the last event. */
  readonly seq: number;
}

export interface FeedListener {
  /** Called with new events, in order. */
  onEvents(events: readonly FeedEvent[], position: FeedPosition): void;
  /** Called when a new epoch begins: earlier positions are not valid any more. */
  onEpoch(): void;
}

/** Milliseconds between two reads of the log. A read is cheap: one row. On average, a revocation waits half of this time. */
const POLL_MS = 100;

/**
 * The security event log in memory, as this instance has read it: hundreds of followers cost the database as much as one.
 *
 * It reads by the sequence numbers. The row of the last number is changed in the transaction that appends, so it only shows committed
 * events.
 */
export class EventFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('EventFeed');
  private readonly listeners = new Set<FeedListener>();
  private events: FeedEvent[] = [];
  private at: FeedPosition | undefined;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;

  constructor(private readonly store: FeedStore) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.store.begin();
    await this.read();
    this.timer = setInterval(() => void this.read(), POLL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  /** Undefined until the log was read once. */
  get position(): FeedPosition | undefined {
    return this.at;
  }

  /** The events after this number that still have an effect; undefined if some of them are no longer known. */
  since(seq: number): readonly FeedEvent[] | undefined {
    const first = this.events[0]?.seq ?? (this.at?.seq ?? 0) + 1;
    if (seq > (this.at?.seq ?? 0) || seq < first - 1) return undefined;
    return this.events.slice(seq - first + 1);
  }

  /** All events that still have an effect at this time, in milliseconds since the epoch. */
  snapshot(now: number): readonly FeedEvent[] {
    return this.events.filter(({ expiresAt }) => expiresAt > now);
  }

  subscribe(listener: FeedListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reads the log; only one read at a time. If the database is unavailable, the next read tries again. */
  read(): Promise<void> {
    this.reading ??= this.readLog()
      .catch((error: unknown) => this.logger.debug(String(error)))
      .finally(() => {
        this.reading = undefined;
      });
    return this.reading;
  }

  private async readLog(): Promise<void> {
    const log = await this.store.position(this.at);
    if (log === undefined) return;
    if (this.at !== undefined && (log.epoch !== this.at.epoch || log.last < this.at.seq)) this.beginAnew();
    this.at ??= { epoch: log.epoch, seq: 0 };
    this.forget(log.first);
    while (this.at.seq < log.last) {
      const events = await this.store.readAfter(this.at.seq);
      const last = events.at(-1);
      // The events in between were deleted because they had no effect any more.
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

  /** Housekeeping deletes from the beginning, so the remaining numbers have no gaps. */
  private forget(first: number | undefined): void {
    const known = this.events[0]?.seq;
    if (known === undefined) return;
    this.events.splice(0, first === undefined ? this.events.length : Math.max(0, first - known));
  }
}
