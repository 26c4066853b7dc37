import { setTimeout as pause } from 'node:timers/promises';
import { request } from './harness/http.js';
import { administrator, inventoryToken, newCustomer } from './harness/people.js';
import { sendMessage } from './harness/tcp-message.js';
import { describeOnEveryDatabase, TestSystem } from './harness/test-system.js';

const SKU = 'TILE-OAK';
const AT_FIRST = 10_000;
const PIECES = 3;

interface Order {
  readonly id: string;
  readonly status: 'pending' | 'confirmed' | 'cancelled';
}

describeOnEveryDatabase('no stock is lost or sold twice, whoever is killed', (options) => {
  let system: TestSystem;

  beforeAll(async () => {
    const orders = { ABANDONED_AFTER_SECONDS: '3', ABANDONED_CHECK_SECONDS: '1', DOWNSTREAM_TIMEOUT_MS: '2000' };
    system = await TestSystem.start({ ...options, appEnv: { orders } });
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  it('what inventory holds in the end is what confirmed orders are for', async () => {
    for (const victim of ['orders', 'inventory', 'orders'] as const) {
      const { access_token: token } = await newCustomer(system);
      const progress = { answered: 0 };
      const shopping = Promise.all(
        Array.from({ length: 15 }, async (_, n) => {
          const id = await placeOrder(token).catch(() => undefined);
          progress.answered += 1;
          if (id !== undefined && n % 2 === 0) await cancelOrder(token, id).catch(() => undefined);
        }),
      );
      // In the middle of it: some are done, some are between the steps of an order, some have not begun.
      while (progress.answered < 4) await pause(2);
      await system.apps.app(victim).stop('SIGKILL');
      await shopping;
      system.apps.start(victim);
      await system.apps.ready(60_000, [victim]);
    }

    const { access_token: admin } = await administrator(system);
    let seen = await look(admin);
    const deadline = Date.now() + 60_000;
    while (!seen.settled && Date.now() < deadline) {
      await pause(250);
      seen = await look(admin);
    }
    expect(seen.orders.filter(({ status }) => status === 'pending')).toEqual([]);
    expect(seen.held).toEqual(seen.confirmed);
    expect(seen.available).toBe(AT_FIRST - PIECES * seen.confirmed.length);
    // It would prove nothing if all had failed, or none had.
    expect(seen.confirmed.length).toBeGreaterThan(0);
    expect(seen.orders.length).toBeGreaterThan(seen.confirmed.length);
  }, 180_000);

  async function placeOrder(token: string): Promise<string | undefined> {
    const body = { items: [{ sku: SKU, quantity: PIECES }] };
    const placed = await request<Order>('POST', `${system.url('orders')}/orders`, { token, body });
    return placed.status === 201 ? placed.body.id : undefined;
  }

  async function cancelOrder(token: string, id: string): Promise<void> {
    await request('POST', `${system.url('orders')}/orders/${id}/cancel`, { token });
  }

  /** Both sides of it, as an administrator sees them. */
  async function look(token: string) {
    const url = `${system.url('orders')}/orders?limit=100`;
    const { body } = await request<{ items: Order[]; next: null }>('GET', url, { token });
    expect(body.next).toBeNull();
    const { reservations } = await ask<{ reservations: { reservationId: string }[] }>(token, 'stock.expired', {
      olderThanSeconds: 1,
      limit: 200,
    });
    const { items } = await ask<{ items: { available: number }[] }>(token, 'stock.read', { skus: [SKU] });
    const confirmed = body.items.filter(({ status }) => status === 'confirmed').map(({ id }) => id);
    const held = reservations.map(({ reservationId }) => reservationId);
    const available = items[0]?.available;
    const pending = body.items.some(({ status }) => status === 'pending');
    const settled = !pending && held.length === confirmed.length && available === AT_FIRST - PIECES * held.length;
    return { orders: body.items, confirmed: confirmed.sort(), held: held.sort(), available, settled };
  }

  async function ask<T>(token: string, pattern: string, data: object): Promise<T> {
    const metadata = { authorization: `Bearer ${await inventoryToken(system, token)}` };
    const { response, err } = await sendMessage(system.tcp, { pattern, data, metadata });
    expect(err ?? undefined).toBeUndefined();
    return response as T;
  }
});
