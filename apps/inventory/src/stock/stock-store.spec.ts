import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import * as schema from '../database/schema.js';
import { SqlStockStore } from './sql-stock-store.js';
import type { StockAdjustment } from './stock-adjustment.js';
import { MAX_AVAILABLE } from './stock-level.js';

const migrationsFolder = join(import.meta.dirname, '../database/migrations');

const adjustment = (sku: string, delta: number, adjustmentId: string = randomUUID()): StockAdjustment => ({
  adjustmentId,
  sku,
  delta,
  by: { issuer: 'https://issuer.test', subject: 'mira' },
  at: new Date(),
});

describeOnEachDatabase('SqlStockStore', { schema, migrationsFolder, poolSize: 10 }, (database) => {
  let db: Database<typeof schema>;
  let store: SqlStockStore;

  beforeEach(async () => {
    db = database();
    store = new SqlStockStore(db);
    await db.delete(schema.stockAdjustments);
    await db.delete(schema.stockItems);
    await db.delete(schema.seeds);
  });

  const available = async (sku: string): Promise<number | undefined> => (await store.read([sku]))[0]?.available;

  it('adds to what is there, and begins at nothing', async () => {
    expect(await store.adjust(adjustment('LAMP', 5))).toBe('applied');
    expect(await store.adjust(adjustment('LAMP', -2))).toBe('applied');
    expect(await available('LAMP')).toBe(3);
  });

  it('refuses an adjustment that would bring the stock below zero or beyond its limit, and changes nothing', async () => {
    await store.adjust(adjustment('LAMP', 5));
    expect(await store.adjust(adjustment('LAMP', -6))).toBe('refused');
    expect(await store.adjust(adjustment('UNKNOWN', -1))).toBe('refused');
    expect(await store.adjust(adjustment('LAMP', MAX_AVAILABLE - 4))).toBe('refused');
    expect(await available('LAMP')).toBe(5);
    const outcomes = await db.select({ outcome: schema.stockAdjustments.outcome }).from(schema.stockAdjustments);
    expect(outcomes.filter(({ outcome }) => outcome === 'refused')).toHaveLength(3);
  });

  it('applies an adjustment once where it arrives twenty times at once', async () => {
    const id = randomUUID();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.adjust(adjustment('LAMP', 5, id))));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(19);
    expect(await available('LAMP')).toBe(5);
  });

  it('loses none of many parallel adjustments, the first of which creates the stock', async () => {
    await Promise.all(Array.from({ length: 30 }, () => store.adjust(adjustment('LAMP', 1))));
    expect(await available('LAMP')).toBe(30);
  });

  it('seeds once, also where instances boot at once, and never again', async () => {
    const demo = [{ sku: 'LAMP', available: 9 }];
    await Promise.all(Array.from({ length: 5 }, () => store.seedOnce('demo', demo)));
    expect(await available('LAMP')).toBe(9);
    await store.adjust(adjustment('LAMP', -9));
    await store.seedOnce('demo', demo);
    expect(await available('LAMP')).toBe(0);
  });
});
