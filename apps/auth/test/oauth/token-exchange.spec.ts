import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { IssuerTokenSigner, TokenSigner } from '../../src/keys/signing/token-signer.js';
import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  newSecret,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const secret = newSecret();
const service = (clientId: string, more: object = {}) => ({
  clientId,
  secret,
  grants: [EXCHANGE, 'client_credentials'],
  scopes: ['inventory:read', 'inventory:reserve', 'inventory:manage', 'orders:read'],
  audiences: ['inventory', 'warehouse'],
  ...more,
});
const CLIENTS = [
  service('orders'),
  service('catalog', { audiences: ['inventory', 'orders'] }),
  service('trusted-orders', { roles: ['customer', 'catalog-manager'], audiences: ['trusted-orders', 'inventory'] }),
  service('partner'),
  service('portal', { roles: ['admin'], audiences: ['auth'] }),
  service('poor', { grants: ['client_credentials'] }),
  service('inventory', { audiences: ['warehouse'] }),
  service('warehouse', { audiences: ['catalog', 'orders', 'inventory', 'warehouse'] }),
];

let issuer: IssuerUnderTest;
let person: Awaited<ReturnType<IssuerUnderTest['newPerson']>>;
beforeAll(async () => {
  issuer = await startIssuer(CLIENTS);
  person = await issuer.newPerson();
});
afterAll(() => issuer.close());

const exchange = (clientId: string, subjectToken: string, more: Record<string, string | string[]> = {}) =>
  issuer.as(clientId, secret)('/oauth/token', {
    grant_type: EXCHANGE,
    subject_token: subjectToken,
    subject_token_type: ACCESS_TOKEN_TYPE,
    ...more,
  });
const tokenOf = ({ body }: Awaited<ReturnType<IssuerUnderTest['post']>>) => String(body['access_token']);
const outcome = ({ status, body }: Awaited<ReturnType<IssuerUnderTest['post']>>) => ({ status, error: body['error'] });
/** A token with the issuer's own signature and any claims. */
const mint = (changes: Readonly<Record<string, unknown>> = {}, type = 'at+jwt') =>
  issuer.app.get<TokenSigner>(TokenSigner).sign(type, { ...claimsOf(person.accessToken), ...changes });

describe('an exchanged token', () => {
  it('keeps the subject and the session, names the service that acts, and has what both have', async () => {
    const answer = await exchange('orders', person.accessToken, { audience: 'inventory' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toMatchObject({
      issued_token_type: ACCESS_TOKEN_TYPE,
      token_type: 'Bearer',
      scope: 'inventory:read inventory:reserve orders:read',
    });
    expect(answer.body).not.toHaveProperty('refresh_token');
    const before = claimsOf(person.accessToken);
    const after = claimsOf(tokenOf(answer));
    expect(after).toMatchObject({
      sub: person.id,
      sid: before['sid'],
      client_id: 'orders',
      aud: ['inventory'],
      act: { sub: 'orders' },
      auth_time: before['auth_time'],
      amr: before['amr'],
      acr: before['acr'],
    });
    expect(after['jti']).not.toBe(before['jti']);
    expect(after['exp']).toBeLessThanOrEqual(Number(before['exp']));
  });

  it('ends no later than the token that it was made of', async () => {
    const exp = Math.floor(Date.now() / 1000) + 20;
    const answer = await exchange('orders', mint({ exp }), { audience: 'inventory' });
    expect(claimsOf(tokenOf(answer))['exp']).toBe(exp);
    expect(answer.body['expires_in']).toBeLessThanOrEqual(20);
  });

  it('loses the roles that the client may not pass on', async () => {
    expect(
      claimsOf(tokenOf(await exchange('orders', issuer.admin.accessToken, { audience: 'inventory' })))['roles'],
    ).toEqual([]);
    const trusted = await exchange(
      'trusted-orders',
      mint({ roles: ['admin', 'customer'], client_id: 'trusted-orders' }),
      { audience: 'inventory' },
    );
    expect(claimsOf(tokenOf(trusted))['roles']).toEqual(['customer']);
  });

  it('can be for a service that the first token was not for', async () => {
    const answer = await exchange('orders', person.accessToken, { audience: 'warehouse' });
    expect(claimsOf(tokenOf(answer))['aud']).toEqual(['warehouse']);
  });

  it('is for what both may reach if nothing was asked for', async () => {
    const answer = await exchange('orders', mint({ aud: ['orders', 'inventory'] }));
    expect(claimsOf(tokenOf(answer))['aud']).toEqual(['inventory']);
  });

  it('has as few scopes as were asked for', async () => {
    const answer = await exchange('orders', person.accessToken, {
      audience: 'inventory',
      scope: 'inventory:read',
    });
    expect(claimsOf(tokenOf(answer))['scope']).toBe('inventory:read');
  });

  it('can be made of a service token, and then has its session', async () => {
    const own = await issuer.as('catalog', secret)('/oauth/token', {
      grant_type: 'client_credentials',
      audience: 'orders',
      scope: 'inventory:read',
    });
    const claims = claimsOf(tokenOf(await exchange('orders', tokenOf(own), { audience: 'inventory' })));
    expect(claims).toMatchObject({ sub: 'catalog', act: { sub: 'orders' }, scope: 'inventory:read' });
    expect(claims['sid']).toBe(claimsOf(tokenOf(own))['sid']);
  });

  it('takes the name jwt for its types too', async () => {
    const jwt = 'urn:ietf:params:oauth:token-type:jwt';
    const answer = await exchange('orders', person.accessToken, {
      audience: 'inventory',
      subject_token_type: jwt,
      requested_token_type: jwt,
    });
    expect(answer.body['issued_token_type']).toBe(ACCESS_TOKEN_TYPE);
  });
});

describe('a chain of services', () => {
  it('is written down, three long and no longer, and never regains what it lost', async () => {
    const first = await exchange('orders', person.accessToken, { audience: 'inventory', scope: 'inventory:read' });
    const second = await exchange('inventory', tokenOf(first), { audience: 'warehouse' });
    const third = await exchange('warehouse', tokenOf(second), { audience: 'catalog' });
    expect(claimsOf(tokenOf(third))).toMatchObject({
      sub: person.id,
      act: { sub: 'warehouse', act: { sub: 'inventory', act: { sub: 'orders' } } },
      scope: 'inventory:read',
    });
    const wider = await exchange('inventory', tokenOf(first), { audience: 'warehouse', scope: 'inventory:reserve' });
    expect(outcome(wider)).toEqual({ status: 400, error: 'invalid_scope' });
    expect(outcome(await exchange('catalog', tokenOf(third), { audience: 'orders' }))).toEqual({
      status: 400,
      error: 'invalid_request',
    });
  });
});

describe('an exchange is refused', () => {
  it.each<[string, string, () => Record<string, string | string[]>]>([
    ['a scope that the subject has not', 'invalid_scope', () => ({ scope: 'inventory:manage' })],
    ['a scope that the client has not', 'invalid_scope', () => ({ scope: 'orders:write' })],
    ['an audience that the client may not reach', 'invalid_target', () => ({ audience: 'catalog' })],
    ['one such audience of two', 'invalid_target', () => ({ audience: ['inventory', 'catalog'] })],
    ['the issuer', 'invalid_target', () => ({ audience: 'auth' })],
    ['the issuer beside a service', 'invalid_target', () => ({ audience: ['inventory', 'auth'] })],
    ['the issuer itself as the resource', 'invalid_target', () => ({ resource: issuer.url })],
    ['no subject token', 'invalid_request', () => ({ subject_token: '' })],
    ['no subject_token_type', 'invalid_request', () => ({ subject_token_type: '' })],
    [
      'the subject_token_type of a refresh token',
      'invalid_request',
      () => ({ subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
    ],
    [
      'a requested_token_type of a refresh token',
      'invalid_request',
      () => ({ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }),
    ],
    [
      'an actor_token',
      'invalid_request',
      () => ({ actor_token: person.accessToken, actor_token_type: ACCESS_TOKEN_TYPE }),
    ],
    ['an actor_token_type alone', 'invalid_request', () => ({ actor_token_type: ACCESS_TOKEN_TYPE })],
    ['two subject tokens', 'invalid_request', () => ({ subject_token: [person.accessToken, person.accessToken] })],
  ])('for %s: %s', async (_title, error, more) => {
    const answer = await exchange('orders', person.accessToken, { audience: 'inventory', ...more() });
    expect(outcome(answer)).toEqual({ status: 400, error });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['is garbage', () => 'garbage'],
    ['is a refresh token', () => person.refreshToken],
    ['has expired', () => mint({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['is of another type', () => mint({}, 'JWT')],
    ['is of another issuer', () => mint({ iss: 'https://elsewhere.example' })],
    ['has no session', () => mint({ sid: undefined })],
    ["has a session that there isn't", () => mint({ sid: randomUUID() })],
    ["is about somebody else than its session's person", () => mint({ sub: randomUUID() })],
    ['has an act that is too deep', () => mint({ act: { sub: 'a', act: { sub: 'b', act: { sub: 'c' } } } })],
    ['is not signed', () => new UnsecuredJWT(claimsOf(person.accessToken)).encode()],
    [
      'is signed with another key',
      () => {
        const [header = ''] = person.accessToken.split('.');
        return new SignJWT(claimsOf(person.accessToken))
          .setProtectedHeader(JSON.parse(Buffer.from(header, 'base64url').toString()))
          .sign(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
      },
    ],
    ['was changed', () => person.accessToken.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
  ])('when the subject token %s', async (_title, make) => {
    const answer = await exchange('orders', await make(), { audience: 'inventory' });
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('for a client that the token was not meant for', async () => {
    const answer = await exchange('partner', person.accessToken, { audience: 'inventory' });
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_request' });
  });

  it('for the issuer, also for a client that may reach it, and for the token of an administrator', async () => {
    const claims = claimsOf(issuer.admin.accessToken);
    for (const changes of [{ aud: ['portal'] }, { client_id: 'portal' }]) {
      const subject = mint({ ...claims, ...changes });
      for (const more of [{ audience: 'auth' }, { audience: ['auth', 'auth'] }, {}]) {
        expect(outcome(await exchange('portal', subject, more))).toEqual({ status: 400, error: 'invalid_target' });
      }
    }
  });

  it('for a token that is for the issuer, whoever has it', async () => {
    const forIssuer = person.issuerToken;
    const toItself = issuer.app.get<TokenSigner>(IssuerTokenSigner);
    const ofOrders = toItself.sign('at+jwt', { ...claimsOf(forIssuer), client_id: 'orders' });
    const alsoForOrders = toItself.sign('at+jwt', { ...claimsOf(forIssuer), aud: ['auth', 'orders'] });
    for (const subject of [forIssuer, ofOrders, alsoForOrders]) {
      const answer = await exchange('orders', subject, { audience: 'inventory' });
      expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_request' });
    }
  });

  it('for rights that the token claims and the database does not grant', async () => {
    const claims = claimsOf(person.accessToken);
    const subject = mint({
      scope: `${String(claims['scope'])} inventory:manage`,
      roles: ['customer', 'catalog-manager'],
    });
    const asked = await exchange('orders', subject, { audience: 'inventory', scope: 'inventory:manage' });
    expect(outcome(asked)).toEqual({ status: 400, error: 'invalid_scope' });
    const trusted = mint({ ...claimsOf(subject), client_id: 'trusted-orders' });
    const given = claimsOf(tokenOf(await exchange('trusted-orders', trusted, { audience: 'inventory' })));
    expect(given).toMatchObject({ scope: 'inventory:read inventory:reserve orders:read', roles: ['customer'] });
  });

  it('for a client without the grant', async () => {
    expect(outcome(await exchange('poor', person.accessToken))).toEqual({ status: 400, error: 'unauthorized_client' });
  });

  it('when nothing was asked for and nothing is in common', async () => {
    const answer = await exchange('orders', mint({ aud: ['orders'] }));
    expect(outcome(answer)).toEqual({ status: 400, error: 'invalid_target' });
  });

  it('after the session has ended, though the token lives on', async () => {
    const { accessToken, refreshToken } = await issuer.newPerson();
    const delegated = await exchange('orders', accessToken, { audience: 'inventory' });
    await fetch(`${issuer.url}/auth/logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
    });
    for (const [clientId, token] of [
      ['orders', accessToken],
      ['inventory', tokenOf(delegated)],
    ] as const) {
      expect(outcome(await exchange(clientId, token))).toEqual({ status: 400, error: 'invalid_request' });
    }
  });
});

describe("the issuer's own endpoints", () => {
  const statusOf = async (path: string, token: string) => {
    const response = await fetch(issuer.url + path, { headers: { authorization: `Bearer ${token}` } });
    const { code } = (await response.json()) as { code?: string };
    return { status: response.status, code };
  };

  it.each(['/admin/accounts', '/auth/me', '/auth/sessions'])(
    'refuse a service that acts for a person: %s',
    async (path) => {
      const claims = { ...claimsOf(issuer.admin.issuerToken), client_id: 'portal', act: { sub: 'portal' } };
      const token = issuer.app.get<TokenSigner>(IssuerTokenSigner).sign('at+jwt', claims);
      expect(await statusOf(path, token)).toEqual({ status: 403, code: 'first_party_only' });
    },
  );

  it.each(['/admin/accounts', '/auth/me', '/auth/sessions'])('refuse a service in its own name: %s', async (path) => {
    const own = await issuer.as('portal', secret)('/oauth/token', {
      grant_type: 'client_credentials',
      audience: 'auth',
    });
    expect(claimsOf(tokenOf(own))['aud']).toEqual(['auth']);
    expect(await statusOf(path, tokenOf(own))).toEqual({ status: 403, code: 'first_party_only' });
  });
});
