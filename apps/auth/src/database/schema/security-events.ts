import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { instant } from './columns.js';

/** What was revoked, in the order in which it was committed. */
export const securityEvents = pgTable(
  'security_events',
  {
    /** Dense: a reader that has seen n has seen all up to n. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    type: text('type', {
      enum: ['session-revoked', 'token-revoked', 'account-deleted', 'client-revoked', 'key-revoked', 'keys-changed'],
    }).notNull(),
    /** The sid, jti, sub or kid that is denied; empty where nothing is. */
    value: text('value').notNull(),
    /** Until then a token that this denies could still be valid. */
    expiresAt: instant('expires_at').notNull(),
    /** Of `client-revoked`: tokens that were issued before are denied, later ones are not. */
    issuedBefore: instant('issued_before'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('security_events_by_end').on(table.expiresAt), index('security_events_by_value').on(table.value)],
);

/**
 * The last sequence number, in one row. Whoever takes the next one holds this row until the end of the transaction:
 * numbers are committed in order, and one that is rolled back is given out again.
 */
export const securityEventSequence = pgTable(
  'security_event_sequence',
  {
    only: boolean('only').primaryKey().default(true),
    last: bigint('last', { mode: 'number' }).notNull().default(0),
    /** Another one wherever numbers may have been given out before: a reader of it that knows another starts anew. */
    epoch: uuid('epoch').notNull().defaultRandom(),
    /** Where the epoch began: which server, on which timeline, which table. A restored or promoted database is another place. */
    place: text('place').notNull().default(''),
  },
  (table) => [check('one_row', sql`${table.only}`)],
);
