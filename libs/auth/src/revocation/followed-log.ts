import { type Clock, parseStrictJsonObject } from '../verification/index.js';
import type { RevocationEvent } from './revocation-event.js';
import { RevocationList } from './revocation-list.js';

/** A position in the log. */
export interface LogPosition {
  readonly epoch: string;
  readonly seq: number;
}

/** A message of the stream. */
export interface LogMessage {
  readonly id?: string | undefined;
  readonly event?: string | undefined;
  readonly data: string;
}

/** The stream does not continue where the last one ended: request a new one. */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
}

/** No position: the next stream begins with a snapshot. */
const NOWHERE: LogPosition = { epoch: '', seq: 0 };

/**
 * The log of one issuer, as read so far. Applies events in order and ignores events that were applied before. A snapshot is applied
 * completely or not at all: until its last event has arrived, the previous list is used.
 */
export class FollowedLog {
  list: RevocationList;
  position = NOWHERE;
  /** Changes whenever the list changes. */
  version = 0;
  private pending: { list: RevocationList; epoch: string; seq: number; live: RevocationEvent[] } | undefined;

  /** @param onEvent called for each new event, after it was applied */
  constructor(
    private readonly issuer: string,
    private readonly clock: Clock,
    private readonly onEvent: (event: RevocationEvent) => void,
  ) {
    this.list = new RevocationList(clock);
  }

  /** The `Last-Event-ID` for the next request. */
  get lastEventId(): string | undefined {
    return this.position.epoch === '' ? undefined : `${this.position.epoch}:${this.position.seq}`;
  }

  /** Call it when a connection ended: an incomplete snapshot is dropped. */
  interrupt(): void {
    this.pending = undefined;
  }

  /** @returns true for a checkpoint: everything that the issuer had revoked by then was applied. @throws LogGapError, SyntaxError */
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
    if (issuer !== this.issuer) throw new LogGapError('The stream is from another issuer');
    if (typeof epoch !== 'string' || typeof seq !== 'number')
      throw new LogGapError('The snapshot does not say where it ends');
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
      if (at.epoch !== pending.epoch || at.seq < pending.seq) throw new LogGapError('The snapshot is incomplete');
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
