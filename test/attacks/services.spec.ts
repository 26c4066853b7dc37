import {
  userClaims,
  createTestIssuer,
  type JwksServer,
  type TestClaims,
  type TestIssuer,
} from '@watchword/auth/testing';
import { request } from '../harness/http.js';
import { changed } from '../harness/changed.js';
import { type Message, sendEvents, sendMessage } from '../harness/tcp-message.js';
import { type Env, TestSystem } from '../harness/test-system.js';
import { forgeries, INVALID, type Loot, misuses, type Refusal, REQUIRED } from './forgeries.js';

const ALL_SCOPES = ['catalog:write', 'orders:read', 'orders:write', 'inventory:read', 'inventory:reserve'];
const SKU = 'TENT-2P';

interface Outcome {
  readonly refusal: Refusal | undefined;
  /** The `WWW-Authenticate` header, over HTTP. */
  readonly challenge?: string | null;
}

/** A protected operation that leaves a trace when it runs. `credentials` is the whole Authorization value. */
interface Target {
  readonly name: string;
  readonly overHttp: boolean;
  attempt(credentials: string | undefined): Promise<Outcome>;
  /** Something that changes each time the operation runs. */
  trace(): Promise<string>;
}

/** The three services on a test's own issuer, so that the issuer's genuine signature is under any claims we like. */
describe.each([
  ['public keys', 'ES256'],
  ['a shared secret', 'HS256'],
] as const)('attacks on services that verify with %s', (_way, algorithm) => {
  let system: TestSystem;
  let issuer: TestIssuer;
  let jwks: JwksServer;
  let publicKeys: Loot['jwks'];
  let count = 0;

  const person = (scopes = ALL_SCOPES): TestClaims => userClaims({ subject: 'ada', scopes, roles: ['customer'] });
  const good = (): Promise<string> => issuer.mint(person());
  const authorization = (credentials: string | undefined): Record<string, string> =>
    credentials === undefined ? {} : { authorization: credentials };

  async function overHttp(
    method: string,
    url: string,
    credentials: string | undefined,
    body?: object,
  ): Promise<Outcome> {
    const answer = await request(method, url, { headers: authorization(credentials), ...(body && { body }) });
    const refusal = answer.status < 400 ? undefined : { status: answer.status, code: answer.body.code };
    return { refusal, challenge: answer.headers.get('www-authenticate') };
  }

  async function overTcp(pattern: string, data: unknown, metadata: unknown): Promise<Outcome> {
    const { err } = await sendMessage(system.tcp, { pattern, data, metadata });
    if (err === undefined || err === null) return { refusal: undefined };
    if (typeof err === 'string') throw new Error(`the refusal has no form: ${err}`);
    return { refusal: { status: err.status ?? 0, code: err.code ?? '' } };
  }

  const stock = async (): Promise<string> => {
    const metadata = { authorization: `Bearer ${await good()}` };
    return JSON.stringify(
      (await sendMessage(system.tcp, { pattern: 'stock.read', data: { skus: [SKU] }, metadata })).response,
    );
  };

  const available = async (): Promise<number> =>
    (JSON.parse(await stock()) as { items: { available: number }[] }).items[0]?.available ?? 0;

  const targets: readonly Target[] = [
    {
      name: 'catalog over HTTP',
      overHttp: true,
      attempt: (credentials) => {
        count += 1;
        const product = { sku: `ATTACK-${count}`, name: 'A trace', priceCents: 1, currency: 'EUR' };
        return overHttp('POST', `${system.url('catalog')}/products`, credentials, product);
      },
      trace: async () =>
        JSON.stringify((await request<object>('GET', `${system.url('catalog')}/products?limit=100`)).body),
    },
    {
      name: 'orders over HTTP',
      overHttp: true,
      attempt: (credentials) =>
        overHttp('POST', `${system.url('orders')}/orders`, credentials, { items: [{ sku: SKU, quantity: 1 }] }),
      trace: stock,
    },
    {
      name: 'inventory over TCP',
      overHttp: false,
      attempt: (credentials) =>
        overTcp(
          'stock.reserve',
          { reservationId: crypto.randomUUID(), items: [{ sku: SKU, quantity: 1 }] },
          authorization(credentials),
        ),
      trace: stock,
    },
  ];

  beforeAll(async () => {
    issuer = await createTestIssuer({ issuer: 'https://issuer.test', algorithm });
    publicKeys = algorithm === 'HS256' ? (await createTestIssuer()).jwks() : issuer.jwks();
    jwks = await issuer.serve();
    const trust: Env = {
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URI: jwks.jwksUri,
      ...(issuer.key.secret !== undefined && { JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: issuer.key.secret }),
    };
    const own = {
      appEnv: { catalog: trust, orders: { ...trust, CLIENT_ID: '', CLIENT_SECRET: '' }, inventory: trust },
    };
    system = await TestSystem.prepare(own);
    for (const app of ['catalog', 'orders', 'inventory'] as const) system.apps.start(app);
    await system.apps.ready(90_000, ['catalog', 'orders', 'inventory']);

    const before = await available();
    const keeper = { authorization: `Bearer ${await issuer.mint(person(['inventory:adjust']))}` };
    const plenty = { adjustmentId: crypto.randomUUID(), sku: SKU, delta: 10_000 };
    await sendEvents(system.tcp, [{ pattern: 'stock.adjust', data: plenty, metadata: keeper }]);
    await changed(available, before);
  }, 120_000);

  afterAll(async () => {
    await system?.close();
    await jwks?.close();
  }, 30_000);

  describe.each(targets.map((target) => [target.name, target] as const))('%s', (_name, target) => {
    /** Refused as it should be, nothing ran, and who is honest is let in next. */
    async function expectRefused(
      credentials: string | undefined,
      refusal: Refusal,
      challenge: RegExp = /^Bearer /,
    ): Promise<void> {
      const before = await target.trace();
      const outcome = await target.attempt(credentials);
      expect(outcome.refusal).toEqual(refusal);
      if (target.overHttp) expect(outcome.challenge).toMatch(challenge);
      expect(await target.trace()).toBe(before);
    }

    afterEach(async () => {
      const before = await target.trace();
      expect((await target.attempt(`Bearer ${await good()}`)).refusal).toBeUndefined();
      expect(await target.trace()).not.toBe(before);
    });

    it('refuses who brings no token', async () => {
      await expectRefused(undefined, REQUIRED, /^Bearer(?!.*error=)/);
    });

    it.each(forgeries)('refuses %s', async (_forgery, forge) => {
      const forged = await forge({ token: await good(), jwks: publicKeys });
      await expectRefused(`Bearer ${forged}`, INVALID, /^Bearer .*error="invalid_token"/);
    });

    it.each(misuses)('refuses a token %s', async (_misuse, mint) => {
      await expectRefused(`Bearer ${await mint(issuer, person())}`, INVALID);
    });

    it('refuses a token that lacks the scope, and says which', async () => {
      const poor = await issuer.mint(person(['orders:read']));
      const refusal = { status: 403, code: 'insufficient_scope' };
      await expectRefused(`Bearer ${poor}`, refusal, /error="insufficient_scope".*scope="/);
    });

    it('refuses credentials of another scheme as none', async () => {
      const { refusal } = await target.attempt('Basic YWRhOnNlY3JldA==');
      expect(refusal).toEqual({ status: 401, code: 'authentication_required' });
    });

    it.each(['Bearer', 'Bearer a b'])('refuses %j as malformed', async (credentials) => {
      const { refusal } = await target.attempt(credentials);
      expect(refusal).toEqual({ status: 400, code: 'invalid_request' });
    });
  });

  describe('inventory over TCP, with metadata of the attacker', () => {
    const reserve = (metadata: unknown, more: object = {}): Promise<Outcome> =>
      overTcp(
        'stock.reserve',
        { reservationId: crypto.randomUUID(), items: [{ sku: SKU, quantity: 1 }], ...more },
        metadata,
      );

    const MALFORMED = { status: 400, code: 'invalid_request' };

    it.each([
      ['nothing', undefined, REQUIRED],
      ['null', null, REQUIRED],
      ['text', 'Bearer x', MALFORMED],
      ['a list', ['authorization'], MALFORMED],
      ['a claimed user', { user: { sub: 'ada', roles: ['admin'] }, verified: true }, REQUIRED],
      ['a claimed subject', { 'x-subject': 'ada', scope: 'inventory:reserve' }, REQUIRED],
    ])('refuses a message whose metadata is %s', async (_name, metadata, refusal) => {
      expect((await reserve(metadata)).refusal).toEqual(refusal);
    });

    it('does not look for a token in the data', async () => {
      const token = await good();
      const { refusal } = await reserve({}, { authorization: `Bearer ${token}`, access_token: token });
      expect(refusal).toEqual(REQUIRED);
    });

    it('lets no event in that has no token', async () => {
      const before = await available();
      const adjust = (delta: number, metadata: object): Message => ({
        pattern: 'stock.adjust',
        data: { adjustmentId: crypto.randomUUID(), sku: SKU, delta },
        metadata,
      });
      const keeper = { authorization: `Bearer ${await issuer.mint(person(['inventory:adjust']))}` };
      await sendEvents(system.tcp, [
        adjust(1_000, {}),
        adjust(1_000, { authorization: 'Bearer x' }),
        adjust(1, keeper),
      ]);
      expect(await changed(available, before)).toBe(before + 1);
    });

    it('lets nobody release what somebody else reserved', async () => {
      const reservationId = crypto.randomUUID();
      const data = { reservationId, items: [{ sku: SKU, quantity: 1 }] };
      const mine = { authorization: `Bearer ${await good()}` };
      await overTcp('stock.reserve', data, mine);
      const bob = { authorization: `Bearer ${await issuer.mint(userClaims({ subject: 'bob', scopes: ALL_SCOPES }))}` };
      const { refusal } = await overTcp('stock.release', { reservationId }, bob);
      expect([403, 404]).toContain(refusal?.status);
      expect((await overTcp('stock.release', { reservationId }, mine)).refusal).toBeUndefined();
    });
  });

  it('takes no token from the query or the body of an HTTP request', async () => {
    const token = await good();
    const url = `${system.url('orders')}/orders?access_token=${token}`;
    const { refusal } = await overHttp('GET', url, undefined);
    expect(refusal).toEqual(REQUIRED);
  });

  it('shows nobody an order of somebody else', async () => {
    const placed = await request<{ id: string }>('POST', `${system.url('orders')}/orders`, {
      token: await good(),
      body: { items: [{ sku: SKU, quantity: 1 }] },
    });
    expect(placed.status).toBe(201);
    const path = `${system.url('orders')}/orders/${placed.body.id}`;
    const bob = await issuer.mint(userClaims({ subject: 'bob', scopes: ALL_SCOPES }));
    const stranger = await request('GET', path, { token: bob });
    const unknown = await request('GET', `${system.url('orders')}/orders/${crypto.randomUUID()}`, { token: bob });
    const admin = await issuer.mint(userClaims({ subject: 'root', scopes: ALL_SCOPES, roles: ['admin'] }));
    expect(stranger.status).toBe(404);
    expect(stranger.body.code).toBe(unknown.body.code);
    expect((await request('GET', path, { token: admin })).status).toBe(200);
  });
});
