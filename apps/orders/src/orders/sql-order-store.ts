import type { Database } from '@watchword/platform';
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import * as schema from '../database/schema.js';
import type { Customer, Order, OrderStatus } from './order.js';
import type { Attempt, OrderPage, OrderQuery, OrderStore } from './order-store.js';

const { orderItems, orders } = schema;

type OrderRow = typeof orders.$inferSelect;

export class SqlOrderStore implements OrderStore {
  constructor(private readonly db: Database<typeof schema>) {}

  insert(order: Order, { key, requestHash }: Attempt): Promise<boolean> {
    const { id, customer, status, items, totalCents, currency, createdAt } = order;
    const row = { id, ...customer, status, totalCents, currency, createdAt, idempotencyKey: key ?? null, requestHash };
    return this.db.transaction(async (tx) => {
      const inserted = await tx
        .insert(orders)
        .values(row)
        .onConflictDoNothing({ target: [orders.issuer, orders.subject, orders.idempotencyKey] })
        .returning({ id: orders.id });
      if (inserted.length === 0) return false;
      await tx.insert(orderItems).values(items.map((item, position) => ({ ...item, orderId: id, position })));
      return true;
    });
  }

  async find(id: string): Promise<Order | undefined> {
    const rows = await this.db.select().from(orders).where(eq(orders.id, id));
    const [order] = await this.withItems(rows);
    return order;
  }

  async findAttempt(customer: Customer, key: string): Promise<{ order: Order; requestHash: string } | undefined> {
    const [row] = await this.db
      .select()
      .from(orders)
      .where(and(isOf(customer), eq(orders.idempotencyKey, key)));
    if (row === undefined) return undefined;
    const [order] = await this.withItems([row]);
    return order === undefined ? undefined : { order, requestHash: row.requestHash };
  }

  async list({ customer, limit, after }: OrderQuery): Promise<OrderPage> {
    const rows = await this.db
      .select()
      .from(orders)
      .where(
        and(
          customer === undefined ? undefined : isOf(customer),
          after === undefined ? undefined : lt(orders.id, after),
        ),
      )
      .orderBy(desc(orders.id))
      .limit(limit + 1);
    const items = await this.withItems(rows.slice(0, limit));
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async confirm(id: string): Promise<boolean> {
    const confirmed = await this.db
      .update(orders)
      .set({ status: 'confirmed' })
      .where(and(eq(orders.id, id), eq(orders.status, 'pending')))
      .returning({ id: orders.id });
    return confirmed.length > 0;
  }

  async cancel(id: string, from: readonly Exclude<OrderStatus, 'cancelled'>[]): Promise<boolean> {
    const cancelled = await this.db
      .update(orders)
      .set({
        status: 'cancelled',
        idempotencyKey: sql`CASE WHEN ${orders.status} = 'pending' THEN NULL ELSE ${orders.idempotencyKey} END`,
      })
      .where(and(eq(orders.id, id), inArray(orders.status, [...from])))
      .returning({ id: orders.id });
    return cancelled.length > 0;
  }

  async markStockReleased(id: string, at: Date): Promise<void> {
    await this.db
      .update(orders)
      .set({ stockReleasedAt: at })
      .where(and(eq(orders.id, id), eq(orders.status, 'cancelled'), isNull(orders.stockReleasedAt)));
  }

  async toRelease({
    pendingBefore,
    limit,
    after,
  }: {
    pendingBefore: Date;
    limit: number;
    after?: string | undefined;
  }): Promise<readonly Order[]> {
    const rows = await this.db
      .select()
      .from(orders)
      .where(
        and(
          isNull(orders.stockReleasedAt),
          or(eq(orders.status, 'cancelled'), and(eq(orders.status, 'pending'), lt(orders.createdAt, pendingBefore))),
          after === undefined ? undefined : gt(orders.id, after),
        ),
      )
      .orderBy(asc(orders.id))
      .limit(limit);
    return this.withItems(rows);
  }

  private async withItems(rows: readonly OrderRow[]): Promise<readonly Order[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const items = await this.db
      .select()
      .from(orderItems)
      .where(inArray(orderItems.orderId, ids))
      .orderBy(asc(orderItems.position));
    return rows.map(({ id, issuer, subject, status, totalCents, currency, createdAt, stockReleasedAt }) => ({
      id,
      customer: { issuer, subject },
      status,
      items: items
        .filter(({ orderId }) => orderId === id)
        .map(({ sku, name, quantity, unitPriceCents }) => ({ sku, name, quantity, unitPriceCents })),
      totalCents,
      currency,
      createdAt,
      stockReleased: stockReleasedAt !== null,
    }));
  }
}

const isOf = ({ issuer, subject }: Customer) => and(eq(orders.issuer, issuer), eq(orders.subject, subject));
