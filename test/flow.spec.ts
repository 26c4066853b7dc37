import { request } from './harness/http.js';
import {
  administrator,
  claimsOf,
  inventoryToken,
  issuerToken,
  newCustomer,
  randomCredentials,
  register,
  type Session,
} from './harness/people.js';
import { sendMessage } from './harness/tcp-message.js';
import { describeOnEveryDatabase, TestSystem, type TestSystemOptions } from './harness/test-system.js';

interface Product {
  readonly sku: string;
  readonly name: string;
  readonly priceCents: number;
  readonly currency: string;
}

interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly status: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceCents: number }[];
  readonly totalCents: number;
}

describeOnEveryDatabase('the main job', (options) => {
  mainJob({ ...options, signing: 'asymmetric' });
});

describe('the main job, signed with a shared secret', () => {
  mainJob({ signing: 'shared-secret' });
});

function mainJob(options: TestSystemOptions): void {
  const shared = options.signing === 'shared-secret';
  let system: TestSystem;
  let customer: Session;
  let admin: Session;

  const at = (app: 'auth' | 'catalog' | 'orders', path: string): string => `${system.url(app)}${path}`;
  const place = (token: string, quantity = 1, sku = 'TENT-2P') =>
    request<Order>('POST', at('orders', '/orders'), { token, body: { items: [{ sku, quantity }] } });

  beforeAll(async () => {
    system = await TestSystem.start(options);
    [customer, admin] = await Promise.all([newCustomer(system), administrator(system)]);
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  it('issues access tokens in the profile of the contracts', () => {
    const header = JSON.parse(
      Buffer.from(customer.access_token.split('.')[0]!, 'base64url').toString('utf8'),
    ) as unknown;
    const claims = claimsOf(customer.access_token);
    const alg = shared ? 'HS256' : 'ES256';
    expect(header).toEqual({ typ: 'at+jwt', alg, kid: expect.stringMatching(/^[\w-]{43}$/) as string });
    expect(claims).toMatchObject({
      iss: system.url('auth'),
      aud: ['catalog', 'orders'],
      client_id: 'watchword',
      roles: ['customer'],
      scope: expect.stringContaining('orders:write') as string,
      sid: expect.any(String) as string,
      sub: expect.any(String) as string,
      jti: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string,
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(300);
  });

  it('answers a login as OAuth does, not to be cached', async () => {
    const credentials = await register(system);
    const { headers, body } = await request<Session>('POST', at('auth', '/auth/login'), { body: credentials });
    expect(headers.get('cache-control')).toContain('no-store');
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(body.access_token).not.toBe(body.refresh_token);
  });

  it('tells who one is', async () => {
    const credentials = await register(system);
    const { status, body } = await request<{ email: string }>('GET', at('auth', '/auth/me'), {
      token: await issuerToken(system, credentials),
    });
    expect(status).toBe(200);
    expect(body.email).toBe(credentials.email);
  });

  it('gives one answer for an unknown account and for a wrong password', async () => {
    const known = await register(system);
    const wrong = await request('POST', at('auth', '/auth/login'), {
      body: { ...known, password: randomCredentials().password },
    });
    const unknown = await request('POST', at('auth', '/auth/login'), { body: randomCredentials() });
    const seen = ({ requestId: _id, instance: _instance, ...rest }: Record<string, unknown>): unknown => rest;
    expect(unknown.status).toBe(wrong.status);
    expect(seen({ ...unknown.body })).toEqual(seen({ ...wrong.body }));
    expect(wrong.status).toBe(401);
  });

  it('publishes the keys that verify, none where they are secrets, and nothing private', async () => {
    const { body, headers } = await request<{ keys: Record<string, unknown>[] }>(
      'GET',
      at('auth', '/.well-known/jwks.json'),
    );
    expect(headers.get('cache-control')).toMatch(/max-age=\d+/);
    expect(headers.get('etag')).toBeTruthy();
    expect(body.keys.length > 0).toBe(!shared);
    for (const key of body.keys)
      expect(Object.keys(key)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^[dk]$/)]));
  });

  it('names its endpoints in its metadata (RFC 8414)', async () => {
    const { body } = await request<Record<string, string>>(
      'GET',
      at('auth', '/.well-known/oauth-authorization-server'),
    );
    expect(body['issuer']).toBe(system.url('auth'));
    expect(body['jwks_uri']).toBe(shared ? undefined : at('auth', '/.well-known/jwks.json'));
  });

  it('shows products to anybody', async () => {
    const { status, body } = await request<readonly Product[] | { items: readonly Product[] }>(
      'GET',
      at('catalog', '/products'),
    );
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('TENT-2P');
  });

  it('lets who has the scope change products', async () => {
    const product = { sku: 'ROPE-10M', name: 'Rope, 10 m', priceCents: 1250, currency: 'EUR' };
    const token = admin.access_token;
    const created = await request('POST', at('catalog', '/products'), { token, body: product });
    expect(created.status).toBe(201);
    const read = await request<Product>('GET', at('catalog', '/products/ROPE-10M'));
    expect(read.body).toMatchObject(product);
    const deleted = await request('DELETE', at('catalog', '/products/ROPE-10M'), { token });
    expect(deleted.status).toBe(204);
    const gone = await request('GET', at('catalog', '/products/ROPE-10M'));
    expect(gone.status).toBe(404);
  });

  it('carries the token of an order through HTTP and TCP', async () => {
    const { status, body } = await place(customer.access_token, 2);
    expect(status).toBe(201);
    expect(body.customerId).toBe(claimsOf(customer.access_token)['sub']);
    expect(body.items).toMatchObject([{ sku: 'TENT-2P', quantity: 2 }]);
    expect(body.totalCents).toBe(2 * body.items[0]!.unitPriceCents);
  });

  it('keeps what people send to orders from inventory, and the other way round', async () => {
    const data = { skus: ['TENT-2P'] };
    const read = (token: string) =>
      sendMessage(system.tcp, { pattern: 'stock.read', data, metadata: { authorization: `Bearer ${token}` } });
    const narrow = await inventoryToken(system, customer.access_token);
    expect(await read(customer.access_token)).toMatchObject({ err: { status: 401, code: 'invalid_token' } });
    expect(await read(narrow)).toMatchObject({ response: { items: [{ sku: 'TENT-2P' }] } });
    expect((await place(narrow)).status).toBe(401);
  });

  it('shows people their own orders alone, and an administrator all', async () => {
    const { body: placed } = await place(customer.access_token);
    const other = await newCustomer(system);
    const path = at('orders', `/orders/${placed.id}`);
    const mine = await request<Order>('GET', path, { token: customer.access_token });
    const theirs = await request('GET', path, { token: other.access_token });
    const all = await request<Order>('GET', path, { token: admin.access_token });
    const list = await request('GET', at('orders', '/orders'), { token: other.access_token });
    expect([mine.status, theirs.status, all.status]).toEqual([200, 404, 200]);
    expect(JSON.stringify(list.body)).not.toContain(placed.id);
  });

  it('gives the stock back when an order is cancelled, and not to somebody else', async () => {
    const sku = 'TILE-OAK';
    const { body: placed } = await place(customer.access_token, 1, sku);
    const other = await newCustomer(system);
    const path = at('orders', `/orders/${placed.id}/cancel`);
    const refused = await request('POST', path, { token: other.access_token });
    expect(refused.status).toBe(404);
    const cancelled = await request<Order>('POST', path, { token: customer.access_token });
    expect(cancelled.status).toBeLessThan(300);
    const read = await request<Order>('GET', at('orders', `/orders/${placed.id}`), { token: customer.access_token });
    expect(read.body.status).toBe('cancelled');
  });

  it('refuses an order of more than there is, and of what is not sold', async () => {
    const tooMany = await place(customer.access_token, 999);
    const unknown = await place(customer.access_token, 1, 'NO-SUCH-SKU');
    expect(tooMany.status).toBe(409);
    expect([404, 409, 422]).toContain(unknown.status);
  });

  it('refuses input that was not asked for', async () => {
    const { status, body } = await request('POST', at('orders', '/orders'), {
      token: customer.access_token,
      body: { items: [{ sku: 'TENT-2P', quantity: 1 }], customerId: 'somebody-else' },
    });
    expect(status).toBe(400);
    expect(body.code).toBe('validation_failed');
  });

  it('rotates refresh tokens, and ends the login when a used one comes again', async () => {
    const session = await newCustomer(system);
    const refresh = (token: string) =>
      request<Session>('POST', at('auth', '/auth/refresh'), { body: { refresh_token: token } });
    const second = await refresh(session.refresh_token);
    expect(second.status).toBe(200);
    const third = await refresh(second.body.refresh_token);
    expect(third.status).toBe(200);
    const replayed = await refresh(session.refresh_token);
    expect(replayed.status).toBe(400);
    const ended = await refresh(third.body.refresh_token);
    expect(ended.status).toBe(400);
  });

  it('has one winner or one successor when a refresh token is used many times at once', async () => {
    const session = await newCustomer(system);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        request<Session>('POST', at('auth', '/auth/refresh'), { body: { refresh_token: session.refresh_token } }),
      ),
    );
    const successors = new Set(answers.filter(({ status }) => status === 200).map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
  });

  it('ends a login', async () => {
    const session = await newCustomer(system);
    const body = { refresh_token: session.refresh_token };
    const loggedOut = await request('POST', at('auth', '/auth/logout'), { token: session.access_token, body });
    expect(loggedOut.status).toBe(204);
    const refreshed = await request('POST', at('auth', '/auth/refresh'), { body });
    expect(refreshed.status).toBe(400);
  });

  it.each(['auth', 'catalog', 'orders', 'inventory'] as const)(
    'tells of the health of %s without a token',
    async (app) => {
      for (const path of ['/health/live', '/health/ready']) {
        const { status } = await request('GET', `${system.url(app)}${path}`);
        expect(status).toBe(200);
      }
      const metrics = await fetch(`${system.url(app)}/metrics`);
      expect(metrics.status).toBe(200);
    },
  );

  it('writes no password and no token to any log', () => {
    const logs = (['auth', 'catalog', 'orders', 'inventory'] as const).flatMap((app) => system.apps.app(app).lines);
    const secrets = [customer.access_token, customer.refresh_token, admin.access_token].map((token) =>
      token.split('.').at(-1)!,
    );
    for (const secret of secrets) expect(logs.filter((line) => line.includes(secret))).toEqual([]);
    expect(logs.filter((line) => line.includes('correct-horse-battery-staple'))).toEqual([]);
  });
}
