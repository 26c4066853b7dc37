import type { AppName } from '../scripts/system/apps.mjs';
import { request } from './harness/http.js';
import {
  administrator,
  type Credentials,
  inventoryToken,
  logIn,
  newCustomer,
  randomCredentials,
  register,
} from './harness/people.js';
import { sendMessage } from './harness/tcp-message.js';
import { describeOnEveryDatabase, TestSystem } from './harness/test-system.js';

/** Answers of one kind of request, sent over and over until the app that serves it is killed. */
async function untilItFails<T>(attempt: (index: number) => Promise<T | undefined>): Promise<T[]> {
  const answered: T[] = [];
  for (let index = 0; index < 10_000; index += 1) {
    const answer = await attempt(index).catch(() => undefined);
    if (answer === undefined) return answered;
    answered.push(answer);
  }
  throw new Error('the app was never killed');
}

describeOnEveryDatabase('what was answered with success survives a crash', (options) => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start(options);
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  /** Kills the app in the middle of the writes, once some were answered, and starts it again. */
  async function crash<T>(app: AppName, write: (index: number) => Promise<T | undefined>): Promise<T[]> {
    let enough: () => void = () => undefined;
    const someWritten = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const written = untilItFails(async (index) => {
      if (index === 5) enough();
      return write(index);
    });
    await Promise.race([someWritten, written]);
    await system.apps.app(app).stop('SIGKILL');
    const answered = await written;
    system.apps.start(app);
    await system.apps.ready(60_000, [app]);
    return answered;
  }

  it('auth: accounts', async () => {
    const accounts = await crash('auth', async (): Promise<Credentials> => register(system, randomCredentials()));
    expect(accounts.length).toBeGreaterThanOrEqual(5);
    for (const account of accounts.slice(-3)) expect(await logIn(system, account)).toHaveProperty('access_token');
  }, 90_000);

  it('catalog: products', async () => {
    const { access_token: token } = await administrator(system);
    const products = await crash('catalog', async (index) => {
      const sku = `CRASH-${index}`;
      const body = { sku, name: 'A thing', priceCents: 100, currency: 'EUR' };
      const { status } = await request('POST', `${system.url('catalog')}/products`, { token, body });
      return status === 201 ? sku : undefined;
    });
    expect(products.length).toBeGreaterThanOrEqual(5);
    for (const sku of products) {
      const { status } = await request('GET', `${system.url('catalog')}/products/${sku}`);
      expect({ sku, status }).toEqual({ sku, status: 200 });
    }
  }, 90_000);

  it('orders: orders', async () => {
    const { access_token: token } = await newCustomer(system);
    const body = { items: [{ sku: 'LAMP-OIL', quantity: 1 }] };
    const orders = await crash('orders', async () => {
      const placed = await request<{ id: string }>('POST', `${system.url('orders')}/orders`, { token, body });
      return placed.status === 201 ? placed.body.id : undefined;
    });
    expect(orders.length).toBeGreaterThanOrEqual(5);
    for (const id of orders) {
      const { status } = await request('GET', `${system.url('orders')}/orders/${id}`, { token });
      expect({ id, status }).toEqual({ id, status: 200 });
    }
  }, 90_000);

  it('inventory: reservations', async () => {
    const { access_token: token } = await newCustomer(system);
    const metadata = { authorization: `Bearer ${await inventoryToken(system, token)}` };
    const stock = async (): Promise<unknown> =>
      (await sendMessage(system.tcp, { pattern: 'stock.read', data: { skus: ['LAMP-OIL'] }, metadata })).response;
    const reserve = (reservationId: string) =>
      sendMessage(system.tcp, {
        pattern: 'stock.reserve',
        data: { reservationId, items: [{ sku: 'LAMP-OIL', quantity: 1 }] },
        metadata,
      });
    const ids = await crash('inventory', async () => {
      const id = crypto.randomUUID();
      const { err } = await reserve(id);
      return err === undefined || err === null ? id : undefined;
    });
    expect(ids.length).toBeGreaterThanOrEqual(5);
    const before = await stock();
    for (const id of ids) {
      const { err } = await reserve(id);
      expect(err ?? undefined).toBeUndefined();
    }
    // Each was there still: repeating it took nothing.
    expect(await stock()).toEqual(before);
  }, 90_000);
});
