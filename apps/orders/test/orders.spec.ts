import { setTimeout as pause } from 'node:timers/promises';
import { userClaims, createTestIssuer, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
import { startTestApp, type TestApp } from '@watchword/platform/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';
import { OrdersConfig } from '../src/config/index.js';
import { done, HttpStandIn, InventoryStandIn, json, refuse, silence } from './stand-ins.js';

const CUSTOMER = { subject: 'anna', scopes: ['orders:read', 'orders:write'] };
const lamp = { sku: 'LAMP', name: 'Lamp', description: null, priceCents: 2_450, currency: 'EUR' };
const twoLamps = { items: [{ sku: 'LAMP', quantity: 2 }] };
const lamps = json(200, { items: [lamp], next: null });

describe('orders', () => {
  let issuer: TestIssuer;
  let keys: Awaited<ReturnType<TestIssuer['serve']>>;
  let catalog: HttpStandIn;
  let inventory: InventoryStandIn;
  let tokenEndpoint: HttpStandIn;
  let app: TestApp;
  let anna: string;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    keys = await issuer.serve();
    catalog = await HttpStandIn.start(lamps);
    inventory = await InventoryStandIn.start();
    tokenEndpoint = await HttpStandIn.start(json(400, { error: 'unauthorized_client' }));
    app = await startTestApp({
      name: 'orders',
      module: AppModule,
      config: OrdersConfig,
      environment: {
        AUTH_ISSUER: issuer.issuer,
        AUTH_JWKS_URI: keys.jwksUri,
        CATALOG_URL: catalog.url,
        INVENTORY_HOST: '127.0.0.1',
        INVENTORY_PORT: String(inventory.port),
        DOWNSTREAM_TIMEOUT_MS: '3000',
        CLIENT_ID: 'orders',
        CLIENT_SECRET: 'a secret of the test alone',
        AUTH_TOKEN_ENDPOINT: tokenEndpoint.url,
        ABANDONED_AFTER_SECONDS: '60',
        ABANDONED_CHECK_SECONDS: '1',
      },
    });
    anna = await issuer.mint(userClaims(CUSTOMER));
  });

  afterAll(async () => {
    await app.close();
    inventory.close();
    await Promise.all([catalog.close(), tokenEndpoint.close(), keys.close()]);
  });

  beforeEach(() => {
    catalog.answer = lamps;
    catalog.requests.length = 0;
    inventory.reserve = done;
    inventory.release = done;
    inventory.calls.length = 0;
  });

  const as = (token: string) => ({ Authorization: `Bearer ${token}` });
  const http = () => request(app.url);
  const order = (token = anna) => http().post('/orders').set(as(token)).send(twoLamps);

  describe('placing', () => {
    it('asks catalog and inventory as its caller, under one request id, and answers the order', async () => {
      const { body, headers } = await order().expect(201);
      expect(body).toEqual({
        id: expect.any(String),
        customerId: 'anna',
        status: 'confirmed',
        items: [{ sku: 'LAMP', name: 'Lamp', quantity: 2, unitPriceCents: 2_450 }],
        totalCents: 4_900,
        currency: 'EUR',
        createdAt: expect.any(String),
      });
      const requestId = headers['x-request-id'];
      expect(catalog.requests).toHaveLength(1);
      expect(catalog.requests[0]!.headers).toMatchObject({
        authorization: `Bearer ${anna}`,
        'x-request-id': requestId,
      });
      expect(inventory.calls).toEqual([
        {
          pattern: 'stock.reserve',
          data: { reservationId: body.id, items: twoLamps.items },
          metadata: { authorization: `Bearer ${anna}`, 'x-request-id': requestId },
        },
      ]);
    });

    it("exchanges its caller's token for inventory, once, and sends inventory nothing else", async () => {
      const login = await issuer.mint({ ...userClaims(CUSTOMER), aud: ['catalog', 'orders'] });
      const scopes = ['inventory:reserve'];
      const exchanged = await issuer.mint({ ...userClaims({ ...CUSTOMER, scopes }), aud: ['inventory'] });
      const refusing = tokenEndpoint.answer;
      tokenEndpoint.bodies.length = 0;
      tokenEndpoint.answer = (...asked) => {
        const answer = { access_token: exchanged, token_type: 'Bearer', expires_in: 300 };
        const isExchange = tokenEndpoint.bodies.at(-1)?.includes(`subject_token=${login}`) === true;
        return (isExchange ? json(200, answer) : refusing)(...asked);
      };
      for (let n = 0; n < 2; n += 1) await order(login).expect(201);
      tokenEndpoint.answer = refusing;
      expect(catalog.requests.map(({ headers }) => headers.authorization)).toEqual([login, login].map(bearer));
      expect(inventory.calls.map(({ metadata }) => metadata['authorization'])).toEqual(
        [exchanged, exchanged].map(bearer),
      );
      const forms = tokenEndpoint.bodies.map((body) => Object.fromEntries(new URLSearchParams(body)));
      expect(forms.filter((form) => form['subject_token'] === login)).toEqual([
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: login,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          audience: 'inventory',
        },
      ]);
    });

    it.each<[string, HttpStandIn['answer'], number, string]>([
      ['refuses the target', json(400, { error: 'invalid_target' }), 403, 'insufficient_audience'],
      ["refuses the caller's token", json(400, { error: 'invalid_request' }), 401, 'invalid_token'],
      ['cannot answer', json(503, {}), 503, 'inventory_unavailable'],
    ])('reserves nothing while the issuer %s, and says so', async (_, answer, status, code) => {
      const login = await issuer.mint({ ...userClaims(CUSTOMER), aud: ['catalog', 'orders'] });
      const refusing = tokenEndpoint.answer;
      tokenEndpoint.answer = answer;
      const { body } = await order(login).expect(status);
      tokenEndpoint.answer = refusing;
      expect(body.code).toBe(code);
      expect(inventory.calls).toEqual([]);
    });

    it('mixes up no two callers who order at once', async () => {
      const subjects = Array.from({ length: 10 }, (_, n) => `customer-${String(n)}`);
      const answers = await Promise.all(
        subjects.map(async (subject) => order(await issuer.mint(userClaims({ ...CUSTOMER, subject }))).expect(201)),
      );
      expect(answers.map(({ body }) => body.customerId)).toEqual(subjects);
      for (const { body } of answers) {
        const call = inventory.calls.find(({ data }) => data.reservationId === body.id)!;
        expect(subjectOf(call.metadata['authorization'])).toBe(body.customerId);
      }
    });

    it('orders once for one Idempotency-Key', async () => {
      const first = await order().set('Idempotency-Key', 'k-1').expect(201);
      const again = await order().set('Idempotency-Key', 'k-1').expect(201);
      expect(again.body).toEqual(first.body);
      expect(inventory.calls).toHaveLength(1);
      const other = { items: [{ sku: 'LAMP', quantity: 3 }] };
      const reused = await http().post('/orders').set(as(anna)).set('Idempotency-Key', 'k-1').send(other).expect(422);
      expect(reused.body.code).toBe('idempotency_key_reused');
    });

    it.each([
      ['that is empty', ''],
      ['with a space', 'a b'],
      ['outside of ASCII', '\xe4'],
      ['that is too long', 'x'.repeat(256)],
    ])('refuses an Idempotency-Key %s', async (_, key) => {
      const { body } = await order().set('Idempotency-Key', key).expect(400);
      expect(body.code).toBe('validation_failed');
    });

    const item = { sku: 'LAMP', quantity: 1 };
    it.each<[string, object]>([
      ['nothing', {}],
      ['no items', { items: [] }],
      ['an item in place of a list', { items: item }],
      ['null as an item', { items: [null] }],
      ['a list as an item', { items: [[item]] }],
      ['a SKU twice', { items: [item, item] }],
      ['51 items', { items: Array.from({ length: 51 }, (_, n) => ({ sku: `S${String(n)}`, quantity: 1 })) }],
      ['none of a product', { items: [{ ...item, quantity: 0 }] }],
      ['less than none', { items: [{ ...item, quantity: -1 }] }],
      ['half a product', { items: [{ ...item, quantity: 0.5 }] }],
      ['a quantity as text', { items: [{ ...item, quantity: '1' }] }],
      ['more than a thousand', { items: [{ ...item, quantity: 1001 }] }],
      ['a price of its own', { items: [{ ...item, unitPriceCents: 1 }] }],
      ['a customer of its own', { items: [item], customerId: 'ben' }],
      ['a path as SKU', { items: [{ ...item, sku: '../admin' }] }],
    ])('refuses an order of %s', async (_, body) => {
      const answer = await http().post('/orders').set(as(anna)).send(body).expect(400);
      expect(answer.body.code).toBe('validation_failed');
      expect(catalog.requests).toHaveLength(0);
    });
  });

  describe('placing, when another service refuses or fails', () => {
    it.each([
      [401, 'invalid_token'],
      [403, 'insufficient_scope'],
      [409, 'insufficient_stock'],
      [409, 'reservation_conflict'],
    ])("passes inventory's %i on as what it is", async (status, code) => {
      inventory.reserve = refuse(status, code);
      const { body, headers } = await order().expect(status);
      expect(body).toMatchObject({ status, code });
      expect(headers['content-type']).toContain('application/problem+json');
      expect(headers['www-authenticate'] !== undefined).toBe(status !== 409);
    });

    it.each([
      [404, 'not_found'],
      [409, 'something_of_inventory'],
      [422, 'validation_failed'],
    ])("answers 502 for inventory's %i %s, and says nothing of it", async (status, code) => {
      inventory.reserve = refuse(status, code);
      const { body } = await order().expect(502);
      expect(body.code).toBe('inventory_failed');
      expect(JSON.stringify(body)).not.toMatch(/inventory says|something_of/);
    });

    it.each([
      [401, 'invalid_token'],
      [403, 'insufficient_scope'],
    ])("passes catalog's %i on as what it is", async (status, code) => {
      catalog.answer = json(status, { status, code, detail: 'catalog says so' });
      const { body } = await order().expect(status);
      expect(body).toMatchObject({ status, code });
      expect(JSON.stringify(body)).not.toContain('catalog says so');
      expect(inventory.calls).toHaveLength(0);
    });

    it.each<[string, HttpStandIn['answer'], number, string]>([
      ['asks for less', json(429, {}), 503, 'catalog_unavailable'],
      ['knows a conflict of its own', json(409, { code: 'sku_taken' }), 502, 'catalog_failed'],
      ['is overloaded', json(503, {}), 503, 'catalog_unavailable'],
      ['hangs up', (_, response) => response.destroy(), 503, 'catalog_unavailable'],
      ['stays silent', () => undefined, 503, 'catalog_unavailable'],
      ['breaks', json(500, {}), 502, 'catalog_failed'],
      ['does not understand', json(400, {}), 502, 'catalog_failed'],
      ['answers no JSON', (_, response) => response.end('<html>'), 502, 'catalog_failed'],
      ['answers no list', json(200, { items: 'none' }), 502, 'catalog_failed'],
      ['answers half a cent', json(200, { items: [{ ...lamp, priceCents: 0.5 }] }), 502, 'catalog_failed'],
      ['answers a price as text', json(200, { items: [{ ...lamp, priceCents: '1' }] }), 502, 'catalog_failed'],
      ['answers a negative price', json(200, { items: [{ ...lamp, priceCents: -1 }] }), 502, 'catalog_failed'],
      [
        'answers a price that no order holds',
        json(200, { items: [{ ...lamp, priceCents: 2 ** 31 }] }),
        502,
        'catalog_failed',
      ],
      ['has no such product', json(200, { items: [] }), 422, 'unknown_product'],
    ])('says so where catalog %s, and reserves nothing', async (_, answer, status, code) => {
      catalog.answer = answer;
      const { body, headers } = await order().expect(status);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body).toMatchObject({ status, code });
      expect(inventory.calls).toHaveLength(0);
    });

    it('says that inventory is unavailable where it stays silent, and releases what it may have reserved', async () => {
      inventory.reserve = silence;
      const { body } = await order().expect(503);
      expect(body.code).toBe('inventory_unavailable');
      const [reserve, release] = inventory.calls;
      expect(release).toMatchObject({ pattern: 'stock.release', data: { reservationId: reserve!.data.reservationId } });
      expect(subjectOf(release!.metadata['authorization'])).toBe('anna');
    });

    it('sends no token to a service that it is not for', async () => {
      const { body } = await order(await issuer.mint({ ...userClaims(CUSTOMER), aud: ['orders'] }));
      expect(body.status).toBeGreaterThanOrEqual(400);
      expect(catalog.requests).toHaveLength(0);
      expect(inventory.calls).toHaveLength(0);
    });
  });

  describe('reading and cancelling', () => {
    it("hides somebody else's order, and shows an administrator all", async () => {
      const { id } = (await order().expect(201)).body;
      const ben = as(await issuer.mint(userClaims({ ...CUSTOMER, subject: 'ben' })));
      const admin = as(await issuer.mint(userClaims({ ...CUSTOMER, subject: 'root', roles: ['admin'] })));
      await http().get(`/orders/${id}`).set(as(anna)).expect(200);
      await http().get(`/orders/${id}`).set(admin).expect(200);
      const hidden = await http().get(`/orders/${id}`).set(ben).expect(404);
      const none = await http().get('/orders/018f0000-0000-7000-8000-000000000000').set(ben).expect(404);
      const { requestId: _, ...shown } = hidden.body;
      expect(none.body).toMatchObject(shown);
      await http().post(`/orders/${id}/cancel`).set(ben).expect(404);
      expect((await http().get('/orders').set(ben).expect(200)).body).toEqual({ items: [], next: null });
      expect((await http().get('/orders').set(admin).query({ limit: 1 }).expect(200)).body.items[0].id).toBe(id);
    });

    it('cancels once and releases the stock as the caller', async () => {
      const { id } = (await order().expect(201)).body;
      inventory.calls.length = 0;
      for (let n = 0; n < 2; n += 1) {
        const { body } = await http().post(`/orders/${id}/cancel`).set(as(anna)).expect(200);
        expect(body).toMatchObject({ id, status: 'cancelled' });
      }
      expect(inventory.calls).toHaveLength(1);
      expect(inventory.calls[0]).toMatchObject({ pattern: 'stock.release', data: { reservationId: id } });
      expect(inventory.calls[0]!.metadata['authorization']).toBe(`Bearer ${anna}`);
    });

    it.each(['/orders/1', '/orders/%00', '/orders?limit=0', '/orders?after=x', '/orders?customerId=ben'])(
      'refuses %s',
      async (path) => {
        const { body } = await http().get(path).set(as(anna)).expect(400);
        expect(body.code).toBe('validation_failed');
      },
    );
  });

  describe('refuses', () => {
    const ways = [
      ['post', '/orders', 'orders:write'],
      ['get', '/orders', 'orders:read'],
      ['get', '/orders/018f0000-0000-7000-8000-000000000000', 'orders:read'],
      ['post', '/orders/018f0000-0000-7000-8000-000000000000/cancel', 'orders:write'],
    ] as const;

    it.each(ways)('%s %s without a token', async (method, path) => {
      const { headers, body } = await http()[method](path).expect(401);
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(body.code).toBe('authentication_required');
    });

    it.each(ways)('%s %s without the scope %s, whatever the role', async (method, path, scope) => {
      const scopes = ['orders:read', 'orders:write'].filter((one) => one !== scope);
      const token = await issuer.mint(userClaims({ roles: ['admin'], scopes }));
      const { headers, body } = await http()[method](path).set(as(token)).expect(403);
      expect(headers['www-authenticate']).toContain(`scope="${scope}"`);
      expect(body.code).toBe('insufficient_scope');
    });

    it.each(ways)('%s %s with a token that is not good', async (method, path) => {
      for (const { why, token } of await refusedTokens(issuer, userClaims({ ...CUSTOMER, roles: ['admin'] }))) {
        const { status, body } = await http()[method](path).set(as(token));
        expect({ why, status, code: body.code }).toEqual({ why, status: 401, code: 'invalid_token' });
      }
      expect(catalog.requests).toHaveLength(0);
    });
  });

  it('documents itself', async () => {
    const { body } = await http().get('/docs/openapi.json').expect(200);
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/orders', '/orders/{id}', '/orders/{id}/cancel']));
    expect(body.components.schemas.OrderView.required).toContain('totalCents');
  });

  it('releases by itself, with a service token, what it could not release for its caller', async () => {
    inventory.reserve = silence;
    inventory.release = refuse(401, 'invalid_token');
    await order().expect(503);
    const { reservationId } = inventory.calls[0]!.data;
    inventory.release = done;
    inventory.calls.length = 0;
    const serviceToken = await issuer.mint({
      ...userClaims({ subject: 'orders', roles: [], scopes: ['inventory:manage'], clientId: 'orders' }),
      aud: ['inventory'],
    });
    tokenEndpoint.answer = json(200, { access_token: serviceToken, token_type: 'Bearer', expires_in: 300 });
    const released = () => inventory.calls.find(({ data }) => data.reservationId === reservationId);
    while (released() === undefined) await pause(50);
    expect(released()).toMatchObject({
      pattern: 'stock.release',
      metadata: { authorization: `Bearer ${serviceToken}` },
    });
  }, 20_000);
});

const bearer = (token: string): string => `Bearer ${token}`;

const subjectOf = (authorization: unknown): unknown =>
  (JSON.parse(Buffer.from(String(authorization).split('.')[1]!, 'base64url').toString()) as { sub: unknown }).sub;
