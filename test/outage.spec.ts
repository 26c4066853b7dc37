import { parseLogLine } from '../scripts/system/app-process.mjs';
import { request } from './harness/http.js';
import { newCustomer, type Session } from './harness/people.js';
import { describeOnEveryDatabase, TestSystem } from './harness/test-system.js';

const order = { items: [{ sku: 'LAMP-OIL', quantity: 1 }] };

describeOnEveryDatabase('while auth is stopped', (options) => {
  let system: TestSystem;
  let session: Session;
  /** Has ordered nothing yet. */
  let stranger: Session;

  beforeAll(async () => {
    system = await TestSystem.start(options);
    session = await newCustomer(system);
    stranger = await newCustomer(system);
    // Exchanged now, and kept by orders for as long as it lives.
    const placed = await request('POST', `${system.url('orders')}/orders`, {
      token: session.access_token,
      body: order,
    });
    expect(placed.status).toBe(201);
    await system.apps.app('auth').stop();
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  it('catalog, orders and inventory go on verifying', async () => {
    const token = session.access_token;
    const placed = await request('POST', `${system.url('orders')}/orders`, { token, body: order });
    expect(placed.status).toBe(201);
    const forbidden = await request('POST', `${system.url('catalog')}/products`, { token, body: {} });
    expect(forbidden.status).toBe(403);
    const forged = await request('GET', `${system.url('orders')}/orders`, { token: `${token.slice(0, -6)}AAAAAA` });
    expect(forged.status).toBe(401);
  });

  it('orders asks to come again who orders with a token that it has not exchanged yet, and shows them what is theirs', async () => {
    const { access_token: token } = stranger;
    const placed = await request('POST', `${system.url('orders')}/orders`, { token, body: order });
    expect(placed).toMatchObject({ status: 503, body: { code: 'inventory_unavailable' } });
    expect((await request('GET', `${system.url('orders')}/orders`, { token })).status).toBe(200);
  });

  it('a new instance is not ready and says why, tells 503 from 401, and becomes ready by itself', async () => {
    await system.apps.app('orders').stop();
    const orders = system.apps.start('orders');
    await orders.listening();

    const ready = await fetch(`${system.url('orders')}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toMatch(/key/i);
    const live = await fetch(`${system.url('orders')}/health/live`);
    expect(live.status).toBe(200);

    const asked = await request('GET', `${system.url('orders')}/orders`, { token: session.access_token });
    expect(asked.status).toBe(503);
    expect(asked.body.code).toBe('temporarily_unavailable');
    const said = (text: string) => orders.line((line) => parseLogLine(line)?.message.includes(text) === true, 30_000);
    expect(await said('answered with 503 until the keys are loaded')).toContain('ECONNREFUSED');
    const garbage = await request('GET', `${system.url('orders')}/orders`, { token: 'garbage' });
    expect(garbage.status).toBe(401);

    system.apps.start('auth');
    await system.apps.ready(60_000, ['auth', 'orders']);
    const again = await request('GET', `${system.url('orders')}/orders`, { token: session.access_token });
    expect(again.status).toBe(200);
    await said('The keys were loaded');
    const metrics = await (await fetch(`${system.url('orders')}/metrics`)).text();
    expect(metrics).toMatch(/watchword_verification_keys_age_seconds\{issuer="[^"]+"\} \d/);
  }, 90_000);
});
