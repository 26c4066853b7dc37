import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from '../harness/http.js';
import {
  administrator,
  claimsOf,
  issuerToken,
  logIn,
  register,
  type Credentials,
  type Session,
} from '../harness/people.js';
import { EXCHANGE } from '../harness/stock-client.js';
import { TestSystem } from '../harness/test-system.js';

const SECRET = randomBytes(32).toString('base64url');
const SHARED = { JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: SECRET };

/** What a service would do at /admin to stay: a client and an administrator of its own. */
const BACK_DOOR = {
  client: { clientId: 'back-door', name: 'x', grants: [EXCHANGE], scopes: [], audiences: ['orders'] },
  account: { email: 'mallory@example.com', password: 'lantern-orchard-quartz-17', roles: ['admin'] },
};

/** Services that have been broken into: orders, with its client's secret and all that people send to it. */
describe.each([
  ['public keys', {}],
  ['a shared secret', SHARED],
])('a service that verifies with %s', (_way, env) => {
  let system: TestSystem;
  let customer: Credentials;
  let ofCustomer: Session;
  let ofAdministrator: Session;

  const at = (path: string) => `${system.url('auth')}${path}`;

  beforeAll(async () => {
    system = await TestSystem.prepare({ env });
    system.apps.start('auth');
    await system.apps.ready(90_000, ['auth']);
    customer = await register(system);
    [ofCustomer, ofAdministrator] = await Promise.all([logIn(system, customer), administrator(system)]);
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  /** Tries all that would give it the issuer. Answers how each attempt was refused. */
  async function takeOver(token: string): Promise<unknown[]> {
    const self = String(claimsOf(token)['sub']);
    const attempts = [
      ['POST', '/admin/clients', BACK_DOOR.client],
      ['POST', '/admin/accounts', BACK_DOOR.account],
      ['PUT', `/admin/accounts/${self}/roles`, { roles: ['admin', 'customer'] }],
      ['PUT', '/admin/roles/customer', { scopes: ['catalog:write'] }],
      ['GET', '/admin/accounts', undefined],
    ] as const;
    const answers = [];
    for (const [method, path, body] of attempts) {
      answers.push(await request(method, at(path), { token, ...(body && { body }) }));
    }
    return answers.map(({ status, body }) => ({ status, code: body.code }));
  }

  async function expectUntouched(): Promise<void> {
    const token = await issuerToken(system);
    const clients = await request<{ clientId: string }[]>('GET', at('/admin/clients'), { token });
    expect(clients.body.map(({ clientId }) => clientId).sort()).toEqual(['catalog', 'inventory', 'orders']);
    const accounts = await request<{ accounts: { email: string; roles: string[] }[] }>('GET', at('/admin/accounts'), {
      token,
    });
    const administrators = accounts.body.accounts.filter(({ roles }) => roles.includes('admin'));
    expect(administrators.map(({ email }) => email)).toEqual(['admin@example.com']);
    const me = await request<object>('GET', at('/auth/me'), { token: await issuerToken(system, customer) });
    expect(me).toMatchObject({ status: 200, body: { email: customer.email, roles: ['customer'] } });
    const sessions = await request<{ sessions: { id: string }[] }>('GET', at('/auth/sessions'), {
      token: await issuerToken(system, customer),
    });
    expect(sessions.body.sessions.map(({ id }) => id)).toContain(claimsOf(ofCustomer.access_token)['sid']);
  }

  async function asOrders(form: Readonly<Record<string, string>>): Promise<unknown> {
    const [orders] = JSON.parse(await readFile(join(system.folder, 'clients.json'), 'utf8')) as [{ secret: string }];
    const answer = await fetch(at('/oauth/token'), {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`orders:${orders.secret}`)}` },
      body: new URLSearchParams(form),
    });
    const { error, access_token: token } = (await answer.json()) as { error?: string; access_token?: string };
    return { status: answer.status, error, token };
  }

  it('refuses, as the issuer, the token that an administrator sent to a service', async () => {
    const refused = { status: 401, code: 'invalid_token' };
    expect(await takeOver(ofAdministrator.access_token)).toEqual([refused, refused, refused, refused, refused]);
    await expectUntouched();
  });

  it('refuses to exchange what it was sent for a token for the issuer, and to give it one of its own', async () => {
    const subject = {
      grant_type: EXCHANGE,
      subject_token: ofAdministrator.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    };
    const own = { grant_type: 'client_credentials' };
    for (const form of [subject, own]) {
      expect(await asOrders({ ...form, audience: 'auth' })).toEqual({ status: 400, error: 'invalid_target' });
    }
    expect(await asOrders({ ...subject, audience: 'inventory' })).toMatchObject({ status: 200 });
  });

  it('refuses an access token as a way to a token for the issuer', async () => {
    const body = { refresh_token: ofAdministrator.access_token, resource: 'auth' };
    expect((await request('POST', at('/auth/refresh'), { body })).status).toBe(400);
  });

  it('refuses a token for the issuer that a service wrote: for a customer with the role admin, for an administrator', async () => {
    const now = Math.floor(Date.now() / 1000);
    const fresh = { aud: ['auth'], iat: now, exp: now + 300, auth_time: now, roles: ['admin'] };
    const own = await issuerToken(system, customer);
    for (const token of [ofCustomer.access_token, ofAdministrator.access_token, own]) {
      const forged = forge(own, { ...claimsOf(token), ...fresh });
      const refused = { status: 401, code: 'invalid_token' };
      expect(await takeOver(forged)).toEqual([refused, refused, refused, refused, refused]);
      expect((await request('DELETE', at('/auth/sessions'), { token: forged })).status).toBe(401);
      expect((await request('GET', at('/auth/me'), { token: forged })).status).toBe(401);
    }
    await expectUntouched();
  });

  /** With the shared secret, which every verifier has; with public keys there is only somebody else's signature. */
  function forge(own: string, claims: object): string {
    const [ownHeader = '', , ownSignature = ''] = own.split('.');
    if (env !== SHARED) return `${ownHeader}.${encode(claims)}.${ownSignature}`;
    const kid = createHash('sha256')
      .update(JSON.stringify({ k: SECRET, kty: 'oct' }))
      .digest('base64url');
    const input = `${encode({ typ: 'at+jwt', alg: 'HS256', kid })}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', Buffer.from(SECRET, 'base64url')).update(input).digest('base64url')}`;
  }
});

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
