import type { Clock } from '@watchword/auth';
import type { ServerResponse } from 'node:http';
import type { EventFeed, FeedPosition } from './event-feed.js';
import type { FeedEvent } from './feed-store.js';

/** With a checkpoint, followers know that the connection works and that no event is missing. */
const CHECKPOINT_MS = 1_000;
/** The maximum of unread data of a follower, in bytes. Above it, the connection is closed; the follower reconnects and resumes. */
const MOST_UNREAD = 4 * 1024 * 1024;

/**
 * The stream of Server-Sent Events for one follower: the missed events or a snapshot, then each new event, and a checkpoint every
 * second.
 */
export class EventStream {
  private readonly timer: NodeJS.Timeout;
  private readonly unsubscribe: () => void;

  /**
   * @param issuer the issuer of the events
   * @param draining aborted when this process begins to shut down
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly feed: EventFeed,
    private readonly issuer: string,
    private readonly clock: Clock,
    draining: AbortSignal,
  ) {
    const end = (): void => void this.response.end();
    draining.addEventListener('abort', end);
    this.unsubscribe = feed.subscribe({
      onEvents: (events, position) => this.send(events.map((event) => frame(event, position.epoch)).join('')),
      onEpoch: end,
    });
    this.timer = setInterval(() => this.checkpoint(), CHECKPOINT_MS);
    response.once('close', () => {
      clearInterval(this.timer);
      this.unsubscribe();
      draining.removeEventListener('abort', end);
    });
  }

  /** @param lastEventId the last event of the follower (`Last-Event-ID`), if any */
  begin(lastEventId: string | undefined, position: FeedPosition): void {
    this.response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const missed = this.missed(lastEventId, position);
    const events = missed ?? this.feed.snapshot(this.clock.now());
    const start = missed === undefined ? snapshotFrame(this.issuer, position) : '';
    this.send(start + events.map((event) => frame(event, position.epoch)).join(''));
    this.checkpoint();
  }

  private missed(lastEventId: string | undefined, { epoch }: FeedPosition): readonly FeedEvent[] | undefined {
    const [known, seq = ''] = (lastEventId ?? '').split(':');
    return known === epoch && /^\d{1,15}$/.test(seq) ? this.feed.since(Number(seq)) : undefined;
  }

  private checkpoint(): void {
    const { position } = this.feed;
    if (position !== undefined) this.send(checkpointFrame(position));
  }

  private send(text: string): void {
    if (text === '') return;
    this.response.write(text);
    if (this.response.writableLength > MOST_UNREAD) this.response.destroy();
  }
}

function frame({ seq, type, value, expiresAt, issuedBefore }: FeedEvent, epoch: string): string {
  const before = issuedBefore === undefined ? {} : { issued_before: Math.ceil(issuedBefore / 1000) };
  return sse(type, { value, expires_at: Math.ceil(expiresAt / 1000), ...before }, `${epoch}:${String(seq)}`);
}

function checkpointFrame({ epoch, seq }: FeedPosition): string {
  return sse('checkpoint', { seq }, `${epoch}:${String(seq)}`);
}

function snapshotFrame(issuer: string, { epoch, seq }: FeedPosition): string {
  return sse('snapshot', { issuer, epoch, seq });
}

function sse(event: string, data: object, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
