import { type SQL, sql } from 'drizzle-orm';
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

/** Characters of a UUID's text before those that differ among UUIDv7s of one millisecond. */
const PREFIX = 15;

/** A {@link newId} that the database makes, another one for each row. Within a millisecond they are in no order. */
export function newIdInSql(now: number): SQL {
  return sql`(${firstIdOf(now).slice(0, PREFIX)} || substr(gen_random_uuid()::text, ${PREFIX + 1}))::uuid`;
}
