import {
  userClaims,
  createTestIssuer,
  type JwksServer,
  type TestClaims,
  type TestIssuer,
} from '@watchword/auth/testing';
import { APPS, type AppName } from '../../scripts/system/apps.mjs';
import { request } from '../harness/http.js';
import { administrator as logInAsAdministrator } from '../harness/people.js';
import { sendMessage } from '../harness/tcp-message.js';
import { type Env, TestSystem } from '../harness/test-system.js';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const SCOPES = ['catalog:write', 'orders:read', 'orders:write', 'inventory:read', 'inventory:reserve'];

/** JSON texts that no app takes; `member` is one that the endpoint reads. */
const BODIES: readonly (readonly [title: string, text: (member: string) => string])[] = [
  ['nested 4,000 deep', () => nested(4_000)],
  ['nested 4,000 deep in a member', (member) => `{"${member}":${nested(4_000)}}`],
  ['with 4,000 objects in one another', () => `${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}`],
  ['with a NUL', (member) => `{"${member}":"a\\u0000b"}`],
  ['with a NUL in a name', (member) => `{"${member}":"a","\\u0000":1}`],
  ['with half of a surrogate pair', (member) => `{"${member}":"\\ud83d"}`],
  ['with a member twice', (member) => `{"${member}":"a","${member}":"b"}`],
  ['with a member twice, once in disguise', (member) => `{"b":1,"${member}":"a","${escaped(member)}":"b"}`],
];

const escaped = (name: string): string => `\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}`;

/** Where bodies go, with and without a token, and what is read of them. */
const ENDPOINTS: readonly (readonly [AppName, method: string, path: string, member: string])[] = [
  ['auth', 'POST', '/auth/register', 'email'],
  ['auth', 'POST', '/auth/login', 'password'],
  ['auth', 'POST', '/auth/refresh', 'refresh_token'],
  ['auth', 'POST', '/auth/password', 'currentPassword'],
  ['auth', 'POST', '/admin/accounts', 'email'],
  ['auth', 'PUT', '/admin/roles/tea', 'description'],
  ['catalog', 'POST', '/products', 'name'],
  ['orders', 'POST', '/orders', 'items'],
  ['inventory', 'POST', '/anything', 'sku'],
];

/** Paths and queries with a NUL, where a store would be asked for it. */
const ADDRESSES: readonly (readonly [AppName, path: string])[] = [
  ['auth', '/auth/sessions/%00'],
  ['auth', '/admin/keys/a%00/retire'],
  ['auth', '/admin/roles/a%00'],
  ['auth', '/admin/clients/%00'],
  ['auth', '/admin/audit-log?before=%00'],
  ['catalog', '/products/%00'],
  ['catalog', '/products?after=A%00'],
  ['orders', '/orders/%00'],
  ['orders', '/orders?after=%00'],
  ['inventory', '/health/ready?%00'],
];

/** Claims that a trusted issuer may make of anything, and a store may be asked for. */
const CLAIMS: readonly TestClaims[] = [
  { sub: 'ada\0' },
  { client_id: '\0' },
  { jti: 'a\0b' },
  { sid: '\0' },
  { scope: 'orders:read orders:write\0' },
  { roles: ['customer', '\0'] },
  { act: { sub: '\0' } },
  { name: '\0' },
  { deep: [{ '\0': 1 }] },
  { sub: 'ada\ud83d' },
];

describe('texts that can be read in two ways, or that no database holds', () => {
  let system: TestSystem;
  let issuer: TestIssuer;
  let jwks: JwksServer;
  let administrator: string;

  beforeAll(async () => {
    issuer = await createTestIssuer({ issuer: 'https://issuer.test' });
    jwks = await issuer.serve();
    const trust: Env = { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URI: jwks.jwksUri };
    const appEnv = { catalog: trust, orders: { ...trust, CLIENT_ID: '', CLIENT_SECRET: '' }, inventory: trust };
    system = await TestSystem.start({ appEnv });
    administrator = (await logInAsAdministrator(system)).access_token;
  }, 120_000);

  afterAll(async () => {
    await system?.close();
    await jwks?.close();
  }, 30_000);

  const failures = (): string[] =>
    APPS.flatMap((app) => system.apps.app(app).lines.filter((line) => /"level":"(error|fatal)"/.test(line)));
  let before: number;

  beforeEach(() => {
    before = failures().length;
  });

  afterEach(() => {
    expect(failures().slice(before)).toEqual([]);
  });

  const ada = (claims: TestClaims = {}): Promise<string> =>
    issuer.mint({ ...userClaims({ subject: 'ada', scopes: SCOPES, roles: ['customer'] }), ...claims });
  const tokenFor = async (app: AppName): Promise<string> => (app === 'auth' ? administrator : ada());

  async function send(method: string, url: string, body: string, token?: string): Promise<object> {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(url, { method, headers, body });
    return { status: answer.status, ...((await answer.json()) as object) };
  }

  describe.each(BODIES)('a body %s', (_, text) => {
    it.each(ENDPOINTS)('is refused by %s at %s %s', async (app, method, path, member) => {
      const refusal = { status: 400, code: 'malformed_body' };
      expect(await send(method, system.url(app) + path, text(member))).toMatchObject(refusal);
      expect(await send(method, system.url(app) + path, text(member), await tokenFor(app))).toMatchObject(refusal);
    });

    it('is refused by inventory as the data of a message', async () => {
      const metadata = { authorization: `Bearer ${await ada()}` };
      for (const given of [undefined, metadata]) {
        const { err } = await sendMessage(system.tcp, {
          pattern: 'stock.read',
          dataText: text('skus'),
          metadata: given,
        });
        expect(err).toMatchObject({ status: 400, code: 'bad_request' });
      }
    });
  });

  it.each(ADDRESSES)('an address with a NUL is refused by %s: %s', async (app, path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const token = await tokenFor(app);
      const answer = await request(method, system.url(app) + path, { token });
      expect({ method, status: answer.status }).toEqual({ method, status: 400 });
    }
  });

  it.each(CLAIMS)('a token with %j is refused by every service', async (claims) => {
    const token = await ada(claims);
    const invalid = { status: 401, body: { code: 'invalid_token' } };
    const product = { sku: 'AXE', name: 'An axe', priceCents: 1, currency: 'EUR' };
    expect(await request('POST', `${system.url('catalog')}/products`, { token, body: product })).toMatchObject(invalid);
    expect(await request('GET', `${system.url('orders')}/orders`, { token })).toMatchObject(invalid);
    const metadata = { authorization: `Bearer ${token}` };
    const { err } = await sendMessage(system.tcp, { pattern: 'stock.read', data: { skus: ['TENT-2P'] }, metadata });
    expect(err).toMatchObject({ status: 401, code: 'invalid_token' });
    expect((await request('GET', `${system.url('orders')}/orders`, { token: await ada() })).status).toBe(200);
  });

  const basic = (credentials: string): string => `Basic ${Buffer.from(credentials).toString('base64')}`;
  const assertion = (claims: object): string =>
    `${[{ alg: 'ES256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.AAAA`;

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a client id in a header', { authorization: basic('a\0:secret') }, {}],
    ['an escaped client id in a header', { authorization: basic('a%00:secret') }, {}],
    ['a secret in a header', { authorization: basic('orders:%00') }, {}],
    ['a client id in the form', {}, { client_id: 'a\0', client_secret: 'secret' }],
    ['a scope', { authorization: basic('orders:secret') }, { scope: 'a\0' }],
    ['a subject token', { authorization: basic('orders:secret') }, { subject_token: '\0' }],
    [
      "an assertion's issuer",
      {},
      {
        client_assertion: assertion({ iss: 'a\0', sub: 'a\0' }),
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      },
    ],
  ])('a NUL in %s is refused by the issuer', async (_, headers, form) => {
    for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
      const answer = await fetch(system.url('auth') + path, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'client_credentials', token: 'x', ...form }),
      });
      expect([400, 401]).toContain(answer.status);
    }
  });

  it.each([
    { cookie: 'watchword_device=%00.%00' },
    { cookie: 'watchword_device=AAAA.\u00ff' },
    { 'x-request-id': '%00' },
    { 'user-agent': 'a\u00ffb%00' },
    { 'x-forwarded-for': '%00' },
  ])('%j changes nothing at a login', async (headers) => {
    const options = { headers, body: { email: 'nobody@example.com', password: 'tidal-orchid-bakery' } };
    const answer = await request('POST', `${system.url('auth')}/auth/login`, options);
    expect([401, 429]).toContain(answer.status);
  });
});
