import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { FeedEvent, FeedStore } from './feed-store.js';

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
    const log = await this.store.position(this.at);
    if (log === undefined) return;
    if (this.at !== undefined && (log.epoch !== this.at.epoch || log.last < this.at.seq)) this.beginAnew();
    this.at ??= { epoch: log.epoch, seq: 0 };
    this.forget(log.first);
    while (this.at.seq < log.last) {
      const events = await this.store.readAfter(this.at.seq);
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
  private forget(first: number | undefined): void {
    const known = this.events[0]?.seq;
    if (known === undefined) return;
    this.events.splice(0, first === undefined ? this.events.length : Math.max(0, first - known));
  }
}
