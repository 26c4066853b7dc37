import { sql } from 'drizzle-orm';
import { check, index, integer, pgEnum, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

export const stockItems = pgTable(
  'stock_items',
  {
    sku: text().primaryKey(),
    /** Pieces that are not reserved. */
    available: integer().notNull(),
  },
  (table) => [check('stock_items_available_not_negative', sql`${table.available} >= 0`)],
);

export const reservationStatus = pgEnum('reservation_status', ['held', 'released']);

export const reservations = pgTable(
  'reservations',
  {
    /** Chosen by the caller, so that a repeated call can be recognised. */
    id: uuid().primaryKey(),
    /** The owner is (issuer, subject): a subject alone is unique within its issuer only. */
    issuer: text().notNull(),
    subject: text().notNull(),
    status: reservationStatus().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
    releasedAt: timestamp('released_at', { withTimezone: true, precision: 3 }),
  },
  (table) => [
    index('reservations_held')
      .on(table.createdAt, table.id)
      .where(sql`${table.status} = 'held'`),
  ],
);

export const reservationItems = pgTable(
  'reservation_items',
  {
    reservationId: uuid('reservation_id')
      .notNull()
      .references(() => reservations.id, { onDelete: 'cascade' }),
    sku: text()
      .notNull()
      .references(() => stockItems.sku),
    quantity: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.reservationId, table.sku] }),
    check('reservation_items_quantity_positive', sql`${table.quantity} > 0`),
  ],
);

export const adjustmentOutcome = pgEnum('adjustment_outcome', ['applied', 'refused']);

/** All received adjustments by id, so that a repeated event has no effect. They also show who changed what. */
export const stockAdjustments = pgTable('stock_adjustments', {
  id: uuid().primaryKey(),
  sku: text().notNull(),
  /** Pieces added; negative if they were removed. */
  delta: integer().notNull(),
  outcome: adjustmentOutcome().notNull(),
  issuer: text().notNull(),
  subject: text().notNull(),
  createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
});

/** The demo data that was added. A row here prevents that demo stock is added again at the next start. */
export const seeds = pgTable('seeds', {
  name: text().primaryKey(),
  appliedAt: timestamp('applied_at', { withTimezone: true }).notNull().defaultNow(),
});
