import { join } from 'node:path';
import { type Database, Refusal } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import {
  anna,
  ben,
  caller,
  inventoryDown,
  ListedCatalog,
  outOfStock,
  RememberingInventory,
} from '../../test/order-fixtures.js';
import * as schema from '../database/schema.js';
import { AbandonedOrders } from './abandoned-orders.js';
import { CancelOrder } from './cancel-order.js';
import { PlaceOrder } from './place-order.js';
import { ReleaseStock } from './release-stock.js';
import { SqlOrderStore } from './sql-order-store.js';
import { VisibleOrders } from './visible-orders.js';

const migrationsFolder = join(import.meta.dirname, '../database/migrations');
const lamps = (quantity: number) => ({ items: [{ sku: 'LAMP', quantity }] });

describeOnEachDatabase('orders', { schema, migrationsFolder, poolSize: 10 }, (database) => {
  let now: number;
  let db: Database<typeof schema>;
  let catalog: ListedCatalog;
  let inventory: RememberingInventory;
  let store: SqlOrderStore;
  let placeOrder: PlaceOrder;
  let visible: VisibleOrders;
  let cancelOrder: CancelOrder;
  let abandoned: AbandonedOrders;
  let unreleased: string[];

  beforeEach(async () => {
    now = Date.parse('2026-01-01T00:00:00Z');
    db = database();
    await db.delete(schema.orders);
    catalog = new ListedCatalog();
    inventory = new RememberingInventory();
    unreleased = [];
    const clock = { now: () => now };
    store = new SqlOrderStore(db);
    const release = new ReleaseStock(store, inventory, clock);
    placeOrder = new PlaceOrder(catalog, inventory, store, release, clock, (id) => unreleased.push(id));
    visible = new VisibleOrders(store);
    cancelOrder = new CancelOrder(visible, store, release);
    abandoned = new AbandonedOrders(store, release, clock, 300);
  });

  const onlyOrder = async () => {
    const { items } = await store.list({ customer: undefined, limit: 100 });
    expect(items).toHaveLength(1);
    return items[0]!;
  };

  describe('placing', () => {
    it('prices, reserves under the id of the order, and confirms', async () => {
      const order = await placeOrder.place(lamps(3), anna);
      expect(order).toMatchObject({ status: 'confirmed', customer: anna, totalCents: 7_350, currency: 'EUR' });
      expect(inventory.held.get(order.id)).toEqual([{ sku: 'LAMP', quantity: 3 }]);
      expect(await store.find(order.id)).toEqual(order);
    });

    it('keeps the price that it had when it was ordered', async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      catalog.prices = [{ sku: 'LAMP', name: 'Dear lamp', priceCents: 9_999, currency: 'EUR' }];
      expect(await store.find(id)).toMatchObject({
        totalCents: 2_450,
        items: [{ name: 'Lamp', unitPriceCents: 2_450 }],
      });
    });

    it('writes nothing and reserves nothing where catalog is down', async () => {
      catalog.failure = new Refusal('unavailable', 'catalog_unavailable', 'down');
      await expect(placeOrder.place(lamps(1), anna)).rejects.toBe(catalog.failure);
      expect((await store.list({ customer: undefined, limit: 10 })).items).toEqual([]);
      expect(inventory.held.size).toBe(0);
    });

    it('has written the order down, pending, before inventory hears of it', async () => {
      let seen: string | undefined;
      inventory.afterReserve = async (id) => void (seen = (await store.find(id))?.status);
      await placeOrder.place(lamps(1), anna);
      expect(seen).toBe('pending');
    });

    it('cancels the order where the stock is not enough, and says so', async () => {
      inventory.reserveFails = outOfStock();
      await expect(placeOrder.place(lamps(1), anna)).rejects.toBe(inventory.reserveFails);
      expect(await onlyOrder()).toMatchObject({ status: 'cancelled', stockReleased: true });
    });

    it('releases what was reserved where the answer to the reservation was lost', async () => {
      inventory.reserveAnswerLost = true;
      await expect(placeOrder.place(lamps(1), anna)).rejects.toMatchObject({ kind: 'unavailable' });
      expect(inventory.held.size).toBe(0);
      expect(await onlyOrder()).toMatchObject({ status: 'cancelled', stockReleased: true });
    });

    it('leaves a release that failed to the job, and reports it', async () => {
      inventory.reserveAnswerLost = true;
      inventory.releaseFails = inventoryDown();
      await expect(placeOrder.place(lamps(1), anna)).rejects.toMatchObject({ kind: 'unavailable' });
      const { id } = await onlyOrder();
      expect(unreleased).toEqual([id]);
      inventory.releaseFails = undefined;
      expect(await abandoned.release()).toEqual({ released: 1, failures: [] });
      expect(inventory.held.size).toBe(0);
    });

    it('leaves an order its stock that a parallel attempt has confirmed', async () => {
      inventory.afterReserve = async (id) => void (await store.confirm(id));
      inventory.reserveAnswerLost = true;
      await expect(placeOrder.place(lamps(1), anna)).rejects.toMatchObject({ kind: 'unavailable' });
      const { id, status } = await onlyOrder();
      expect(status).toBe('confirmed');
      expect(inventory.held.has(id)).toBe(true);
    });

    it('refuses to call an order placed that was cancelled while its stock was being reserved', async () => {
      inventory.afterReserve = async (id) => void (await cancelOrder.cancel(id, caller(anna)));
      await expect(placeOrder.place(lamps(1), anna)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'order_cancelled',
      });
      expect(inventory.held.size).toBe(0);
      expect((await onlyOrder()).status).toBe('cancelled');
    });
  });

  describe('placing with an idempotency key', () => {
    const keyed = (quantity: number, idempotencyKey = 'k1') => ({ ...lamps(quantity), idempotencyKey });

    it('answers the same order again, also after prices changed', async () => {
      const first = await placeOrder.place(keyed(1), anna);
      catalog.prices = [];
      expect(await placeOrder.place(keyed(1), anna)).toEqual(first);
      await onlyOrder();
    });

    it('orders once where the same request arrives twenty times at once', async () => {
      const orders = await Promise.all(Array.from({ length: 20 }, () => placeOrder.place(keyed(1), anna)));
      expect(new Set(orders.map(({ id }) => id)).size).toBe(1);
      expect(orders.every(({ status }) => status === 'confirmed')).toBe(true);
      expect(inventory.held.size).toBe(1);
    });

    it('refuses the key for another order', async () => {
      await placeOrder.place(keyed(1), anna);
      const other = placeOrder.place(keyed(2), anna);
      await expect(other).rejects.toMatchObject({ kind: 'unprocessable', code: 'idempotency_key_reused' });
    });

    it("keeps one customer's key apart from another's, also of the same subject at another issuer", async () => {
      const ids: string[] = [];
      for (const customer of [anna, ben, { ...anna, issuer: 'https://other.test' }]) {
        ids.push((await placeOrder.place(keyed(1), customer)).id);
      }
      expect(new Set(ids).size).toBe(3);
    });

    it('resumes an order that was interrupted', async () => {
      // A process that died after the reservation left the order pending.
      const dying = new PlaceOrder(
        catalog,
        { reserve: (...of) => inventory.reserve(...of), release: () => Promise.resolve() },
        Object.assign(new SqlOrderStore(db), {
          confirm: () => Promise.reject(new Error('killed')),
        }),
        new ReleaseStock(store, inventory, { now: () => now }),
        { now: () => now },
        () => undefined,
      );
      await expect(dying.place(keyed(1), anna)).rejects.toThrow('killed');
      const { id, status } = await onlyOrder();
      expect(status).toBe('pending');
      expect(await placeOrder.place(keyed(1), anna)).toMatchObject({ id, status: 'confirmed' });
      expect([...inventory.held.keys()]).toEqual([id]);
    });

    it('gives the key free where the attempt failed', async () => {
      inventory.reserveFails = outOfStock();
      await expect(placeOrder.place(keyed(1), anna)).rejects.toMatchObject({ code: 'insufficient_stock' });
      inventory.reserveFails = undefined;
      expect(await placeOrder.place(keyed(1), anna)).toMatchObject({ status: 'confirmed' });
    });

    it('does not order again what was cancelled by its customer since', async () => {
      const { id } = await placeOrder.place(keyed(1), anna);
      await cancelOrder.cancel(id, caller(anna));
      expect(await placeOrder.place(keyed(1), anna)).toMatchObject({ id, status: 'cancelled' });
    });
  });

  describe('reading', () => {
    it('shows the own orders, newest first, and an administrator everybody’s', async () => {
      const ids: string[] = [];
      for (const customer of [anna, ben, anna, anna]) {
        now += 1_000;
        ids.push((await placeOrder.place(lamps(1), customer)).id);
      }
      const [first, second] = [
        await visible.list({ limit: 2 }, caller(anna)),
        await visible.list({ limit: 2, after: ids[2] }, caller(anna)),
      ];
      expect(first.items.map(({ id }) => id)).toEqual([ids[3], ids[2]]);
      expect(first.next).toBe(ids[2]);
      expect(second.items.map(({ id }) => id)).toEqual([ids[0]]);
      expect(second.next).toBeNull();
      const stranger = caller({ ...anna, issuer: 'https://other.test' });
      expect((await visible.list({ limit: 10 }, stranger)).items).toEqual([]);
      const all = await visible.list({ limit: 10 }, caller(ben, 'admin'));
      expect(all.items.map(({ id }) => id)).toEqual(ids.toReversed());
    });

    it("answers the same for somebody else's order and for none", async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      const refusals = await Promise.all(
        [
          visible.find(id, caller(ben)),
          visible.find(id, caller({ ...anna, issuer: 'https://other.test' })),
          visible.find('018f0000-0000-7000-8000-000000000000', caller(ben)),
        ].map((refused) => refused.catch((error: unknown) => error as Refusal)),
      );
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({
          kind: 'not-found',
          code: 'not_found',
          message: (refusals[0] as Refusal).message,
        });
      }
      expect((await visible.find(id, caller(ben, 'admin'))).id).toBe(id);
    });
  });

  describe('cancelling', () => {
    it('gives the stock back, and does nothing more when repeated', async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      expect(await cancelOrder.cancel(id, caller(anna))).toMatchObject({ status: 'cancelled' });
      expect(inventory.held.size).toBe(0);
      inventory.releaseFails = new Error('released a second time');
      expect(await cancelOrder.cancel(id, caller(anna))).toMatchObject({ status: 'cancelled' });
    });

    it("refuses somebody else's order as if there were none", async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      await expect(cancelOrder.cancel(id, caller(ben))).rejects.toMatchObject({ kind: 'not-found', code: 'not_found' });
      expect(await store.find(id)).toMatchObject({ status: 'confirmed' });
      expect(inventory.held.has(id)).toBe(true);
    });

    it('stays cancelled where inventory is down, and the same call finishes it later', async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      inventory.releaseFails = inventoryDown();
      await expect(cancelOrder.cancel(id, caller(anna))).rejects.toMatchObject({ kind: 'unavailable' });
      expect(await store.find(id)).toMatchObject({ status: 'cancelled', stockReleased: false });
      inventory.releaseFails = undefined;
      expect(await cancelOrder.cancel(id, caller(anna))).toMatchObject({ status: 'cancelled', stockReleased: true });
      expect(inventory.held.size).toBe(0);
    });
  });

  describe('abandoned orders', () => {
    const leavePending = async (): Promise<string> => {
      const { id } = await placeOrder.place(lamps(1), anna);
      await db.update(schema.orders).set({ status: 'pending' });
      return id;
    };

    it('releases what an order holds that was never completed, once it is old enough', async () => {
      const id = await leavePending();
      now += 299_000;
      expect(await abandoned.release()).toEqual({ released: 0, failures: [] });
      expect(inventory.held.has(id)).toBe(true);
      now += 2_000;
      expect(await abandoned.release()).toEqual({ released: 1, failures: [] });
      expect(inventory.held.has(id)).toBe(false);
      expect(await store.find(id)).toMatchObject({ status: 'cancelled', stockReleased: true });
      expect(await abandoned.release()).toEqual({ released: 0, failures: [] });
    });

    it('leaves confirmed orders alone, however old', async () => {
      const { id } = await placeOrder.place(lamps(1), anna);
      now += 365 * 86_400_000;
      expect(await abandoned.release()).toEqual({ released: 0, failures: [] });
      expect(inventory.held.has(id)).toBe(true);
    });

    it('leaves an order its stock that is confirmed while it is looked at', async () => {
      const id = await leavePending();
      now += 600_000;
      const slow = Object.assign(new SqlOrderStore(db), {
        toRelease: async (query: Parameters<SqlOrderStore['toRelease']>[0]) => {
          const found = await store.toRelease(query);
          await store.confirm(id);
          return found;
        },
      });
      const late = new AbandonedOrders(
        slow,
        new ReleaseStock(slow, inventory, { now: () => now }),
        { now: () => now },
        300,
      );
      expect(await late.release()).toEqual({ released: 0, failures: [] });
      expect(inventory.held.has(id)).toBe(true);
    });

    it('goes on behind one that cannot be released, and stops where nothing can be', async () => {
      await placeOrder.place(lamps(1), anna);
      await placeOrder.place(lamps(2), anna);
      await db.update(schema.orders).set({ status: 'pending' });
      now += 600_000;
      inventory.releaseFails = new Error('odd');
      expect((await abandoned.release()).failures).toHaveLength(2);
      inventory.releaseFails = inventoryDown();
      expect((await abandoned.release()).failures).toHaveLength(1);
      inventory.releaseFails = undefined;
      expect(await abandoned.release()).toEqual({ released: 2, failures: [] });
    });

    it('goes through more than one batch', async () => {
      const { id: _, ...row } = (
        await placeOrder.place(lamps(1), anna).then(() => db.select().from(schema.orders))
      )[0]!;
      await db.delete(schema.orders);
      const ids = Array.from({ length: 230 }, (_, n) => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`);
      await db.insert(schema.orders).values(ids.map((id) => ({ ...row, id, status: 'cancelled' as const })));
      expect(await abandoned.release()).toEqual({ released: 230, failures: [] });
    });
  });
});
