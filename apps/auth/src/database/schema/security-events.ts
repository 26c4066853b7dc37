import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { sql } from 'drizzle-orm';
import { instant } from './columns.js';

/** Revocations, in the order in which they were committed. */
export const securityEvents = pgTable(
  'security_events',
  {
    /** Without gaps: a reader that has seen n has seen all up to n. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    type: text('type', {
      enum: ['session-revoked', 'token-revoked', 'account-deleted', 'client-revoked', 'key-revoked', 'keys-changed'],
    }).notNull(),
    /** The denied sid, jti, sub or kid; empty if the event denies nothing. */
    value: text('value').notNull(),
    /** Until then, a token that this event denies could otherwise be valid. */
    expiresAt: instant('expires_at').notNull(),
    /** Only for `client-revoked`: tokens that were issued before are denied, later ones are not. */
    issuedBefore: instant('issued_before'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [index('security_events_by_end').on(table.expiresAt), index('security_events_by_value').on(table.value)],
);

/**
 * The last sequence number, in one row. A transaction that takes the next number locks this row until its end. So numbers are
 * committed in order, and the number of a rolled back transaction is used again.
 */
export const securityEventSequence = pgTable(
  'security_event_sequence',
  {
    only: boolean('only').primaryKey().default(true),
    last: bigint('last', { mode: 'number' }).notNull().default(0),
    /** Changes whenever numbers may be used a second time: a reader that knows another epoch starts from the beginning. */
    epoch: uuid('epoch').notNull().defaultRandom(),
    /** Identifies the server, timeline and table of the epoch. They differ after a restore or a promotion of the database. */
    place: text('place').notNull().default(''),
  },
  (table) => [check('one_row', sql`${table.only}`)],
);
