import type { Database } from '@watchword/platform';
import { and, asc, eq, getTableColumns, gt, inArray, sql } from 'drizzle-orm';
import * as schema from '../database/schema.js';
import type { Product, ProductChanges, ProductPage, ProductQuery } from './product.js';
import type { ProductStore } from './product-store.js';

const { products, seeds } = schema;
const { createdAt: _createdAt, updatedAt: _updatedAt, ...shown } = getTableColumns(products);

export class SqlProductStore implements ProductStore {
  constructor(private readonly db: Database<typeof schema>) {}

  async list({ limit, after, skus }: ProductQuery): Promise<ProductPage> {
    const rows = await this.db
      .select(shown)
      .from(products)
      .where(
        and(
          after === undefined ? undefined : gt(products.sku, after),
          skus === undefined ? undefined : inArray(products.sku, [...skus]),
        ),
      )
      .orderBy(asc(products.sku))
      .limit(limit + 1);
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? (items.at(-1)?.sku ?? null) : null };
  }

  async find(sku: string): Promise<Product | undefined> {
    const [product] = await this.db.select(shown).from(products).where(eq(products.sku, sku));
    return product;
  }

  async add(product: Product): Promise<Product | undefined> {
    const [added] = await this.db.insert(products).values(product).onConflictDoNothing().returning(shown);
    return added;
  }

  async change(sku: string, changes: ProductChanges): Promise<Product | undefined> {
    const [changed] = await this.db
      .update(products)
      .set({ ...changes, updatedAt: sql`now()` })
      .where(eq(products.sku, sku))
      .returning(shown);
    return changed;
  }

  async remove(sku: string): Promise<boolean> {
    const removed = await this.db.delete(products).where(eq(products.sku, sku)).returning({ sku: products.sku });
    return removed.length > 0;
  }

  async seedOnce(name: string, seeded: readonly Product[]): Promise<void> {
    await this.db.transaction(async (tx) => {
      // If several instances start at the same time, one inserts the row, and the others wait for its commit here.
      const first = await tx.insert(seeds).values({ name }).onConflictDoNothing().returning();
      if (first.length > 0)
        await tx
          .insert(products)
          .values([...seeded])
          .onConflictDoNothing();
    });
  }
}
