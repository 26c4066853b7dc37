import type { Database, Transaction } from '@watchword/platform';
import { and, eq, gte, inArray, lte, sql } from 'drizzle-orm';
import * as schema from '../database/schema.js';
import type { AdjustmentOutcome, StockAdjustment } from './stock-adjustment.js';
import { MAX_AVAILABLE, type StockLevel } from './stock-level.js';
import type { StockStore } from './stock-store.js';

const { seeds, stockAdjustments, stockItems } = schema;

export class SqlStockStore implements StockStore {
  constructor(private readonly db: Database<typeof schema>) {}

  read(skus: readonly string[]): Promise<readonly StockLevel[]> {
    return this.db
      .select()
      .from(stockItems)
      .where(inArray(stockItems.sku, [...skus]));
  }

  adjust({ adjustmentId, sku, delta, by, at }: StockAdjustment): Promise<AdjustmentOutcome> {
    return this.db.transaction(
      async (tx) => {
        const recorded = await tx
          .insert(stockAdjustments)
          .values({ id: adjustmentId, sku, delta, outcome: 'applied', ...by, createdAt: at })
          .onConflictDoNothing()
          .returning({ id: stockAdjustments.id });
        if (recorded.length === 0) return 'repeated';
        if (await (delta < 0 ? take(tx, sku, -delta) : add(tx, sku, delta))) return 'applied';
        await tx.update(stockAdjustments).set({ outcome: 'refused' }).where(eq(stockAdjustments.id, adjustmentId));
        return 'refused';
      },
      { isolationLevel: 'read committed' },
    );
  }

  async seedOnce(name: string, levels: readonly StockLevel[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      // If several instances start at the same time, one inserts the row, and the others wait for its commit here.
      const first = await tx.insert(seeds).values({ name }).onConflictDoNothing().returning();
      if (first.length > 0)
        await tx
          .insert(stockItems)
          .values([...levels])
          .onConflictDoNothing();
    });
  }
}

/**
 * Takes pieces with one conditional statement, so that no other transaction can change the stock between check and update.
 *
 * @returns whether there were enough pieces
 */
export async function take(tx: Transaction<typeof schema>, sku: string, quantity: number): Promise<boolean> {
  const taken = await tx
    .update(stockItems)
    .set({ available: sql`${stockItems.available} - ${quantity}` })
    .where(and(eq(stockItems.sku, sku), gte(stockItems.available, quantity)))
    .returning({ sku: stockItems.sku });
  return taken.length > 0;
}

async function add(tx: Transaction<typeof schema>, sku: string, quantity: number): Promise<boolean> {
  const added = await tx
    .insert(stockItems)
    .values({ sku, available: quantity })
    .onConflictDoUpdate({
      target: stockItems.sku,
      set: { available: sql`${stockItems.available} + ${quantity}` },
      setWhere: lte(stockItems.available, MAX_AVAILABLE - quantity),
    })
    .returning({ sku: stockItems.sku });
  return added.length > 0;
}
