import { sql } from 'drizzle-orm';
import { check, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const products = pgTable(
  'products',
  {
    sku: text().primaryKey(),
    name: text().notNull(),
    description: text(),
    priceCents: integer('price_cents').notNull(),
    /** ISO 4217. */
    currency: text().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [check('products_price_not_negative', sql`${table.priceCents} >= 0`)],
);

/** The demo data that was added. A row here prevents that a deleted demo product is added again at the next start. */
export const seeds = pgTable('seeds', {
  name: text().primaryKey(),
  appliedAt: timestamp('applied_at', { withTimezone: true }).notNull().defaultNow(),
});
