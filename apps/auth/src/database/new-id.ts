import { type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';

let sequence = 0;

/**
 * A UUIDv7 (RFC 9562 §5.7). Ids are ordered by time; within a millisecond, by their creation in this process.
 *
 * @param now milliseconds since the epoch
 */
export function newId(now: number): string {
  sequence = (sequence + 1) >>> 0;
  return v7({ msecs: now, seq: sequence });
}

/** Less than or equal to every {@link newId} of that millisecond, and greater than all earlier ones. */
export function firstIdOf(now: number): string {
  return v7({ msecs: Math.max(0, now), seq: 0, random: new Uint8Array(16) });
}

/** The number of leading characters that are equal in all UUIDv7s of one millisecond. */
const PREFIX = 15;

/** A {@link newId} that the database creates, a different one for each row. Within a millisecond they have no order. */
export function newIdInSql(now: number): SQL {
  return sql`(${firstIdOf(now).slice(0, PREFIX)} || substr(gen_random_uuid()::text, ${PREFIX + 1}))::uuid`;
}
