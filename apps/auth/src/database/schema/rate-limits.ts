import { bigint, integer, pgTable, text } from 'drizzle-orm/pg-core';

/** Counters of `rate-limiter-flexible`, whose columns these are. */
export const rateLimits = pgTable('rate_limits', {
  key: text('key').primaryKey(),
  points: integer('points').notNull().default(0),
  /** Milliseconds since the epoch. */
  expire: bigint('expire', { mode: 'number' }),
});
