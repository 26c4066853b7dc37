import { request } from 'node:http';
import { basic, claimsOf, newSecret, startIssuer, type IssuerUnderTest } from './issuer-under-test.js';

const secret = newSecret();
const CLIENTS = [
  {
    clientId: 'orders',
    secret,
    grants: ['client_credentials'],
    scopes: ['inventory:read', 'inventory:manage'],
    audiences: ['inventory', 'https://stock.example/'],
  },
  { clientId: 'app', secret, grants: ['refresh_token'], scopes: [], audiences: ['orders'] },
  { clientId: 'other', secret, grants: ['refresh_token'], scopes: [], audiences: ['orders'] },
  { clientId: 'idle', secret, grants: [], scopes: [], audiences: ['orders'] },
];

let issuer: IssuerUnderTest;
let asOrders: ReturnType<IssuerUnderTest['as']>;
let asApp: ReturnType<IssuerUnderTest['as']>;
beforeAll(async () => {
  issuer = await startIssuer(CLIENTS);
  asOrders = issuer.as('orders', secret);
  asApp = issuer.as('app', secret);
});
afterAll(() => issuer.close());

const outcome = ({ status, body }: Awaited<ReturnType<IssuerUnderTest['post']>>) => ({ status, error: body['error'] });

describe('the request', () => {
  const authorization = basic('orders', secret);
  const form = 'grant_type=client_credentials';

  it.each([
    ['JSON', '{"grant_type":"client_credentials"}', 'application/json'],
    ['another charset', form, 'application/x-www-form-urlencoded; charset=utf-16'],
    ['several parts', form, 'multipart/form-data; boundary=x'],
  ])('is refused as %s', async (_title, body, type) => {
    const answer = await issuer.post('/oauth/token', body, { authorization, 'content-type': type });
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it.each([
    ['a parameter twice', `${form}&scope=a&scope=a`],
    ['an unknown parameter twice', `${form}&x=1&x=2`],
    ['the grant type twice', `${form}&${form}`],
    ['broken percent-encoding', `${form}&scope=%zz`],
    ['bytes that are not UTF-8', `${form}&scope=%ff`],
    ['a NUL', `${form}&scope=%00`],
    ['a hundred parameters', `${form}&${Array.from({ length: 100 }, (_, i) => `p${String(i)}=1`).join('&')}`],
    ['no grant type', 'scope=inventory:read'],
    ['an empty grant type', 'grant_type='],
    ['nothing', ''],
  ])('is refused with %s', async (_title, body) => {
    const answer = await issuer.post('/oauth/token', body, { authorization });
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it.each([
    ['password', 'unsupported_grant_type'],
    ['authorization_code', 'unsupported_grant_type'],
    ['__proto__', 'unsupported_grant_type'],
    ['refresh_token', 'unauthorized_client'],
    ['urn:ietf:params:oauth:grant-type:token-exchange', 'unauthorized_client'],
  ])('for the grant %s is refused: %s', async (grantType, error) => {
    expect(outcome(await asOrders('/oauth/token', { grant_type: grantType }))).toEqual({ status: 400, error });
  });

  it('ignores parameters that it does not know, and those without a value', async () => {
    const { status } = await issuer.post('/oauth/token', `${form}&x=1&scope=&audience=&&=`, { authorization });
    expect(status).toBe(200);
  });

  it('is refused when it is too large, whether it says so or not', async () => {
    const body = `${form}&x=${'y'.repeat(60_000)}`;
    expect(outcome(await issuer.post('/oauth/token', body, { authorization }))).toEqual({
      status: 413,
      error: 'invalid_request',
    });
    expect(await statusOfChunked(body)).toBe(413);
  });

  it.each(['/oauth/token', '/oauth/token/', '/OAuth/Token', '/oauth/token?x=1', '/oauth/token?client_id=orders'])(
    'to %s is authenticated',
    async (path) => {
      expect(outcome(await issuer.post(path, form))).toEqual({ status: 401, error: 'invalid_client' });
      expect((await issuer.post(path, form, { authorization })).status).toBe(200);
    },
  );

  it.each(['//oauth/token', '/oauth%2ftoken', '/oauth/%74oken', '/oauth/token;x', '/oauth/token/x', '/oauth/revoke/x'])(
    'to %s is not for an endpoint',
    async (path) => {
      expect((await issuer.post(path, form, { authorization })).status).toBe(404);
    },
  );

  it('is refused with two Authorization headers', async () => {
    expect(await statusOfChunked(form, [authorization, authorization])).toBe(400);
  });

  it.each(['GET', 'PUT', 'DELETE'])('is refused by %s', async (method) => {
    const response = await fetch(`${issuer.url}/oauth/token`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  /** Without a Content-Length. */
  function statusOfChunked(
    body: string,
    credentials: readonly string[] = [authorization],
  ): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const headers = ['Host', new URL(issuer.url).host, 'Content-Type', 'application/x-www-form-urlencoded'];
      for (const credential of credentials) headers.push('Authorization', credential);
      const sent = request(`${issuer.url}/oauth/token`, { method: 'POST', headers }, (response) => {
        resolve(response.resume().statusCode);
      });
      sent.on('error', reject);
      sent.write(body);
      sent.end();
    });
  }
});

describe('client_credentials', () => {
  const GRANT = { grant_type: 'client_credentials' };

  it('gives the client a token of its own: its scopes, its audiences, the session of its credential', async () => {
    const first = await asOrders('/oauth/token', GRANT);
    const second = await asOrders('/oauth/token', GRANT);
    expect(first.body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'inventory:read inventory:manage',
    });
    expect(first.body).not.toHaveProperty('refresh_token');
    const claims = claimsOf(first.body['access_token']);
    expect(claims).toMatchObject({
      iss: issuer.url,
      sub: 'orders',
      client_id: 'orders',
      aud: ['inventory', 'https://stock.example/'],
      scope: 'inventory:read inventory:manage',
    });
    expect(claims).not.toHaveProperty('roles');
    expect(claims).not.toHaveProperty('auth_time');
    expect(claimsOf(second.body['access_token'])['sid']).toBe(claims['sid']);
    expect(claimsOf(second.body['access_token'])['jti']).not.toBe(claims['jti']);
  });

  it('gives what was asked for and no more', async () => {
    const { body } = await asOrders('/oauth/token', {
      ...GRANT,
      scope: 'inventory:read inventory:read',
      audience: 'inventory',
      resource: 'https://stock.example/',
    });
    expect(claimsOf(body['access_token'])).toMatchObject({
      scope: 'inventory:read',
      aud: ['inventory', 'https://stock.example/'],
    });
    const narrow = await asOrders('/oauth/token', { ...GRANT, resource: 'https://stock.example/' });
    expect(claimsOf(narrow.body['access_token'])['aud']).toEqual(['https://stock.example/']);
  });

  it.each<[string, string, Record<string, string | string[]>]>([
    ['a scope that the client has not', 'invalid_scope', { scope: 'inventory:read catalog:write' }],
    ['a malformed scope', 'invalid_scope', { scope: 'inventory:read  inventory:manage' }],
    ['a scope in other letters', 'invalid_scope', { scope: 'INVENTORY:READ' }],
    ['an audience that the client may not reach', 'invalid_target', { audience: 'catalog' }],
    ['one such audience of two', 'invalid_target', { audience: ['inventory', 'catalog'] }],
    ['a resource that the client may not reach', 'invalid_target', { resource: 'https://elsewhere.example/' }],
    ['a resource that is no URI', 'invalid_target', { resource: 'inventory' }],
    ['a resource with a fragment', 'invalid_target', { resource: 'https://stock.example/#x' }],
  ])('refuses %s: %s', async (_title, error, more) => {
    expect(outcome(await asOrders('/oauth/token', { ...GRANT, ...more }))).toEqual({ status: 400, error });
  });

  it('refuses a client without the grant', async () => {
    expect(outcome(await issuer.as('idle', secret)('/oauth/token', GRANT))).toEqual({
      status: 400,
      error: 'unauthorized_client',
    });
  });
});

describe('refresh_token', () => {
  const refresh = (token: string, more: Record<string, string> = {}) => ({
    grant_type: 'refresh_token',
    refresh_token: token,
    ...more,
  });

  it('goes on with the session', async () => {
    const person = await issuer.newPersonAt('app');
    const { status, body } = await asApp('/oauth/token', refresh(person.refreshToken));
    expect(status).toBe(200);
    expect(body['refresh_token']).not.toBe(person.refreshToken);
    expect(claimsOf(body['access_token'])['sid']).toBe(claimsOf(person.accessToken)['sid']);
  });

  it('narrows the access token, and the next one is whole again', async () => {
    const person = await issuer.newPersonAt('app');
    const { body } = await asApp('/oauth/token', refresh(person.refreshToken, { scope: 'orders:read' }));
    expect(claimsOf(body['access_token'])['scope']).toBe('orders:read');
    const next = await asApp('/oauth/token', refresh(String(body['refresh_token'])));
    expect(claimsOf(next.body['access_token'])['scope']).toBe(claimsOf(person.accessToken)['scope']);
  });

  it('refuses a scope that the session has not, and the token is still good', async () => {
    const person = await issuer.newPersonAt('app');
    const wider = await asApp('/oauth/token', refresh(person.refreshToken, { scope: 'catalog:write' }));
    expect(outcome(wider)).toEqual({ status: 400, error: 'invalid_scope' });
    expect((await asApp('/oauth/token', refresh(person.refreshToken))).status).toBe(200);
  });

  it("refuses another client's token, and ends its session", async () => {
    const person = await issuer.newPersonAt('app');
    const stolen = await issuer.as('other', secret)('/oauth/token', refresh(person.refreshToken));
    expect(outcome(stolen)).toEqual({ status: 400, error: 'invalid_grant' });
    const own = await asApp('/oauth/token', refresh(person.refreshToken));
    expect(outcome(own)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it.each([
    ['garbage', 'x'],
    ['an access token', undefined],
  ])('refuses %s', async (_title, token) => {
    const answer = await asApp('/oauth/token', refresh(token ?? issuer.admin.accessToken));
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_grant' });
  });

  it('asks for the token', async () => {
    expect(outcome(await asApp('/oauth/token', { grant_type: 'refresh_token' }))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });
});
