import { v7 } from 'uuid';

let sequence = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7): its order is the order of time, and within a millisecond that of this process.
 *
 * @param now milliseconds since the epoch
 */
export function newId(now: number): string {
  sequence = (sequence + 1) >>> 0;
  return v7({ msecs: now, seq: sequence });
}

/** Less than or equal to every {@link newId} of that millisecond, and greater than all of those before. */
export function firstIdOf(now: number): string {
  return v7({ msecs: Math.max(0, now), seq: 0, random: new Uint8Array(16) });
}
