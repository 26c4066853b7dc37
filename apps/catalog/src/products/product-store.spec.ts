import { join } from 'node:path';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import * as schema from '../database/schema.js';
import { DEMO_PRODUCTS } from './demo-products.js';
import type { Product } from './product.js';
import { SqlProductStore } from './sql-product-store.js';

const migrationsFolder = join(import.meta.dirname, '../database/migrations');

const product = (sku: string, more: Partial<Product> = {}): Product => ({
  sku,
  name: `The ${sku}`,
  description: null,
  priceCents: 100,
  currency: 'EUR',
  ...more,
});

describeOnEachDatabase('SqlProductStore', { schema, migrationsFolder }, (database) => {
  let db: Database<typeof schema>;
  let store: SqlProductStore;

  beforeEach(async () => {
    db = database();
    store = new SqlProductStore(db);
    await db.delete(schema.products);
    await db.delete(schema.seeds);
  });

  it('pages through all products in the order of their SKUs, each once', async () => {
    for (const sku of ['E', 'B', 'D', 'A', 'C']) await store.add(product(sku));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list({ limit: 2, after });
      seen.push(...page.items.map(({ sku }) => sku));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it('ends with no next page where the last one is full', async () => {
    for (const sku of ['A', 'B']) await store.add(product(sku));
    expect((await store.list({ limit: 2 })).next).toBeNull();
  });

  it('lists only the products asked for, leaving out those that it does not have', async () => {
    for (const sku of ['A', 'B', 'C']) await store.add(product(sku));
    const { items } = await store.list({ limit: 10, skus: ['C', 'A', 'NONE'] });
    expect(items.map(({ sku }) => sku)).toEqual(['A', 'C']);
  });

  it('gives a SKU to one of many that want it at once', async () => {
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, place) => store.add(product('A', { priceCents: place }))),
    );
    const winners = added.filter((one) => one !== undefined);
    expect(winners).toHaveLength(1);
    expect(await store.find('A')).toEqual(winners[0]);
  });

  it('changes what is named and leaves the rest', async () => {
    await store.add(product('A', { description: 'Old' }));
    expect(await store.change('A', { priceCents: 250 })).toEqual(product('A', { description: 'Old', priceCents: 250 }));
    expect(await store.change('A', { description: null })).toEqual(product('A', { priceCents: 250 }));
    expect(await store.change('A', {})).toEqual(product('A', { priceCents: 250 }));
    expect(await store.change('NONE', { priceCents: 1 })).toBeUndefined();
  });

  it('removes once', async () => {
    await store.add(product('A'));
    expect(await store.remove('A')).toBe(true);
    expect(await store.remove('A')).toBe(false);
  });

  it('seeds once: a removed demo product does not come back', async () => {
    await Promise.all(Array.from({ length: 5 }, () => store.seedOnce('demo', DEMO_PRODUCTS)));
    await store.remove('TENT-2P');
    await store.seedOnce('demo', DEMO_PRODUCTS);
    const { items } = await store.list({ limit: 10 });
    expect(items.map(({ sku }) => sku)).toEqual(['LAMP-OIL', 'TILE-OAK']);
  });
});
