import { type Clock, parseStrictJsonObject } from '../verification/index.js';
import type { RevocationEvent } from './revocation-event.js';
import { RevocationList } from './revocation-list.js';

/** How far the log was read. */
export interface LogPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** A message of the stream, apart from how it came. */
export interface LogMessage {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly data: string;
}

/** The stream does not go on where it was: it has to be asked for anew. */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
}

/** A position that says nothing: the next stream begins with a snapshot. */
const NOWHERE: LogPosition = { epoch: '', seq: 0 };

/**
 * One issuer's log as it was read so far. Applies events in their order, ignores those that it had before, and takes a snapshot whole
 * or not at all: until its last event is there, what was known before counts.
 */
export class FollowedLog {
  list: RevocationList;
  position = NOWHERE;
  /** Changes with the list. */
  version = 0;
  private pending: { list: RevocationList; epoch: string; seq: number; live: RevocationEvent[] } | undefined;

  /** @param onEvent called for each event that is new, once it counts */
  constructor(
    private readonly issuer: string,
    private readonly clock: Clock,
    private readonly onEvent: (event: RevocationEvent) => void,
  ) {
    this.list = new RevocationList(clock);
  }

  /** What to ask the next stream for (`Last-Event-ID`). */
  get lastEventId(): string | undefined {
    return this.position.epoch === '' ? undefined : `${this.position.epoch}:${this.position.seq}`;
  }

  /** A connection ended: half a snapshot is none. */
  interrupt(): void {
    this.pending = undefined;
  }

  /** @returns true for a checkpoint: all that the issuer had revoked by then counts here. @throws LogGapError, SyntaxError */
  take({ id, event = '', data }: LogMessage): boolean {
    const fields = parseStrictJsonObject(data);
    if (event === 'snapshot') {
      this.beginSnapshot(fields);
      return false;
    }
    const at = parseId(id);
    if (event === 'checkpoint') return this.checkpoint(at);
    this.takeEvent(at, { type: event, ...eventFields(fields) });
    return false;
  }

  private beginSnapshot({ issuer, epoch, seq }: Readonly<Record<string, unknown>>): void {
    if (issuer !== this.issuer) throw new LogGapError('The stream is of another issuer');
    if (typeof epoch !== 'string' || typeof seq !== 'number')
      throw new LogGapError('The snapshot says not where it ends');
    this.pending = { list: new RevocationList(this.clock), epoch, seq, live: [] };
  }

  private takeEvent(at: LogPosition, event: RevocationEvent): void {
    const { pending } = this;
    if (pending !== undefined) {
      if (at.epoch !== pending.epoch) throw new LogGapError('The epoch changed');
      pending.list.add(event);
      if (event.type === 'keys-changed' || event.type === 'key-revoked') pending.live.push(event);
      if (at.seq > pending.seq) pending.seq = at.seq;
      return;
    }
    if (at.epoch !== this.position.epoch) throw new LogGapError('The epoch changed');
    if (at.seq <= this.position.seq) return;
    if (at.seq !== this.position.seq + 1) throw new LogGapError('Events are missing');
    this.list.add(event);
    this.version += 1;
    this.position = at;
    this.onEvent(event);
  }

  private checkpoint(at: LogPosition): boolean {
    const { pending } = this;
    if (pending !== undefined) {
      if (at.epoch !== pending.epoch || at.seq < pending.seq) throw new LogGapError('The snapshot is not whole');
      this.pending = undefined;
      this.list = pending.list;
      this.version += 1;
      this.position = at;
      pending.live.forEach((event) => this.onEvent(event));
    }
    if (at.epoch !== this.position.epoch) throw new LogGapError('The epoch changed');
    if (at.seq > this.position.seq) throw new LogGapError('Events are missing');
    return true;
  }
}

function eventFields(fields: Readonly<Record<string, unknown>>): Omit<RevocationEvent, 'type'> {
  const { value, expires_at: expiresAt, issued_before: issuedBefore } = fields;
  if (typeof value !== 'string' || typeof expiresAt !== 'number') throw new LogGapError('An event is malformed');
  if (issuedBefore !== undefined && typeof issuedBefore !== 'number') throw new LogGapError('An event is malformed');
  return { value, expiresAt, issuedBefore };
}

function parseId(id: string | undefined): LogPosition {
  const [, epoch, seq] = /^([^:]{1,64}):(\d{1,15})$/.exec(id ?? '') ?? [];
  if (epoch === undefined) throw new LogGapError('An event has no id');
  return { epoch, seq: Number(seq) };
}
