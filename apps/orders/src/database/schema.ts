import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

export const orderStatus = pgEnum('order_status', ['pending', 'confirmed', 'cancelled']);

export const orders = pgTable(
  'orders',
  {
    /** A UUIDv7, so ids sort by time of creation. It is also the id of the reservation at inventory. */
    id: uuid().primaryKey(),
    /** The customer is (issuer, subject): a subject alone is unique within its issuer only. */
    issuer: text().notNull(),
    subject: text().notNull(),
    status: orderStatus().notNull(),
    /** ISO 4217. */
    currency: text().notNull(),
    totalCents: bigint('total_cents', { mode: 'number' }).notNull(),
    /** Chosen by the client. Null after the attempt failed, so that the client may try again. */
    idempotencyKey: text('idempotency_key'),
    /** SHA-256 of the request with that key. */
    requestHash: text('request_hash').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
    /** When inventory confirmed that it holds nothing for this order. */
    stockReleasedAt: timestamp('stock_released_at', { withTimezone: true, precision: 3 }),
  },
  (table) => [
    uniqueIndex('orders_idempotency_key').on(table.issuer, table.subject, table.idempotencyKey),
    index('orders_customer').on(table.issuer, table.subject, table.id),
    /** For the query of the background job. */
    index('orders_to_release')
      .on(table.id)
      .where(sql`${table.status} <> 'confirmed' AND ${table.stockReleasedAt} IS NULL`),
    check('orders_total_not_negative', sql`${table.totalCents} >= 0`),
  ],
);

export const orderItems = pgTable(
  'order_items',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    /** The position of the item in the order. */
    position: integer().notNull(),
    sku: text().notNull(),
    /** The name and price at the time of the order. */
    name: text().notNull(),
    quantity: integer().notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.position] }),
    check('order_items_quantity_positive', sql`${table.quantity} > 0`),
    check('order_items_price_not_negative', sql`${table.unitPriceCents} >= 0`),
  ],
);
