import { v7 } from 'uuid';

/** A UUIDv7 (RFC 9562 §5.7): its order is the order of time. `now` in milliseconds since the epoch. */
export function newId(now: number): string {
  return v7({ msecs: now });
}
