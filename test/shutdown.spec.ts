import { request as httpRequest } from 'node:http';
import { parseLogLine } from '../scripts/system/app-process.mjs';
import { inventoryToken, newCustomer, register, type Session } from './harness/people.js';
import { type Reply, sendMessage, sendMessages } from './harness/tcp-message.js';
import { TestSystem } from './harness/test-system.js';

describe('an app that is asked to stop', () => {
  let system: TestSystem;
  let session: Session;

  beforeAll(async () => {
    // That it waits for what is in flight is what this is about, not for how long a busy machine takes.
    system = await TestSystem.start({
      env: { SHUTDOWN_TIMEOUT_MS: '60000' },
      appEnv: { orders: { DOWNSTREAM_TIMEOUT_MS: '60000' } },
    });
    session = await newCustomer(system);
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  const bearer = () => ({ authorization: `Bearer ${session.access_token}` });
  const forInventory = async () => ({ authorization: `Bearer ${await inventoryToken(system, session.access_token)}` });

  it('answers the TCP messages that it has, then ends by itself', async () => {
    const metadata = await forInventory();
    const messages = Array.from({ length: 40 }, () => ({
      pattern: 'stock.reserve',
      data: { reservationId: crypto.randomUUID(), items: [{ sku: 'LAMP-OIL', quantity: 1 }] },
      metadata,
    }));
    const inventory = system.apps.app('inventory');
    let exit: ReturnType<typeof inventory.stop> | undefined;
    const replies: readonly Reply[] = await sendMessages(system.tcp, messages, (count) => {
      if (count === 1) exit = inventory.stop();
    });
    expect(replies.filter(({ err }) => err !== undefined && err !== null)).toEqual([]);
    expect(await exit).toEqual({ code: 0, signal: null });
  });

  it('answers 100 orders that it has, each of them with calls to other services, then ends by itself', async () => {
    await system.apps.start('inventory').listening();
    const body = { items: [{ sku: 'TILE-OAK', quantity: 1 }] };
    const metadata = await forInventory();
    const stock = async (): Promise<unknown> =>
      (await sendMessage(system.tcp, { pattern: 'stock.read', data: { skus: ['TILE-OAK'] }, metadata })).response;
    const before = await stock();
    const placed = await Promise.all(
      Array.from({ length: 100 }, () => beginRequest(`${system.url('orders')}/orders`, body, bearer())),
    );
    const orders = system.apps.app('orders');
    const exit = orders.stop();
    await orders.line((line) => parseLogLine(line)?.message === 'draining', 10_000);
    const statuses = await Promise.all(placed.map((order) => order.finish()));
    expect(new Set(statuses)).toEqual(new Set([201]));
    expect(await exit).toEqual({ code: 0, signal: null });
    expect(before).toMatchObject({ items: [{ available: 10_000 }] });
    expect(await stock()).toMatchObject({ items: [{ available: 9_900 }] });
  });

  it('answers the HTTP requests that it has, then ends by itself', async () => {
    const credentials = await register(system);
    const auth = system.apps.app('auth');
    const logins = await Promise.all(
      Array.from({ length: 5 }, () => beginRequest(`${system.url('auth')}/auth/login`, credentials)),
    );
    const exit = auth.stop();
    await auth.line((line) => parseLogLine(line)?.message === 'draining', 10_000);
    const statuses = await Promise.all(logins.map((login) => login.finish()));
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect(await exit).toEqual({ code: 0, signal: null });
    await expect(fetch(`${system.url('auth')}/health/live`)).rejects.toThrow('fetch failed');
  });
});

/**
 * Sends the head of a request and waits until the app has it (`100 Continue`, RFC 9110 §10.1.1): it is in flight then,
 * for as long as its body is kept back.
 */
function beginRequest(
  url: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ finish(): Promise<number | undefined> }> {
  const json = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: {
        ...headers,
        expect: '100-continue',
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(json),
      },
    });
    const status = new Promise<number | undefined>((answered, failed) => {
      sent.once('response', (response) => {
        response.resume();
        answered(response.statusCode);
      });
      sent.once('error', failed);
    });
    sent.once('error', reject);
    sent.once('continue', () =>
      resolve({
        finish: () => {
          sent.end(json);
          return status;
        },
      }),
    );
    sent.flushHeaders();
  });
}
