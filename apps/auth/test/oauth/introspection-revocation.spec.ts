import { randomUUID } from 'node:crypto';
import { TokenSigner } from '../../src/keys/signing/token-signer.js';
import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  newSecret,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const secret = newSecret();
const client = (clientId: string, audiences: readonly string[]) => ({
  clientId,
  secret,
  grants: ['client_credentials', EXCHANGE, 'refresh_token'],
  scopes: ['inventory:read'],
  audiences,
});
const CLIENTS = [
  client('orders', ['inventory']),
  client('inventory', ['warehouse']),
  client('stranger', ['elsewhere']),
  client('app', ['orders']),
];
const as = (clientId: string) => issuer.as(clientId, secret);

let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await startIssuer(CLIENTS);
});
afterAll(() => issuer.close());

const ownToken = async (clientId: string) => {
  const { body } = await as(clientId)('/oauth/token', { grant_type: 'client_credentials' });
  return String(body['access_token']);
};
const introspect = async (clientId: string, token: string, more: Record<string, string> = {}) =>
  (await as(clientId)('/oauth/introspect', { token, ...more })).body;
const revoke = (clientId: string, token: string, more: Record<string, string> = {}) =>
  as(clientId)('/oauth/revoke', { token, ...more });
const outcome = ({ status, body }: Awaited<ReturnType<IssuerUnderTest['post']>>) => ({ status, error: body['error'] });

describe('introspection', () => {
  it('tells a service all about a valid token that is for it', async () => {
    const token = await ownToken('orders');
    expect(await introspect('inventory', token)).toEqual({ active: true, token_type: 'Bearer', ...claimsOf(token) });
  });

  it('tells a client about tokens that it obtained, or could', async () => {
    expect(await introspect('stranger', await ownToken('stranger'))).toMatchObject({ active: true });
    expect(await introspect('orders', issuer.admin.accessToken)).toMatchObject({
      active: true,
      roles: expect.any(Array),
    });
  });

  it('confirms no role and no scope that the database does not grant, whatever a token claims', async () => {
    const { accessToken } = await issuer.newPerson();
    const honest = claimsOf(accessToken);
    const forged = { ...honest, roles: ['admin', 'customer'], scope: `${String(honest['scope'])} inventory:manage` };
    const token = issuer.app.get<TokenSigner>(TokenSigner).sign('at+jwt', forged);
    expect(await introspect('orders', token)).toEqual({ active: true, token_type: 'Bearer', ...honest });
  });

  it('tells nobody about a token that is none of theirs', async () => {
    expect(await introspect('stranger', await ownToken('orders'))).toEqual({ active: false });
    expect(await introspect('stranger', issuer.admin.accessToken)).toEqual({ active: false });
  });

  it('does not care about the hint', async () => {
    const token = await ownToken('orders');
    expect(await introspect('orders', token, { token_type_hint: 'refresh_token' })).toMatchObject({ active: true });
    expect(await introspect('orders', token, { token_type_hint: 'anything' })).toMatchObject({ active: true });
  });

  it.each<[string, () => string]>([
    ['is garbage', () => 'garbage'],
    ['is a refresh token', () => issuer.admin.refreshToken],
    ['has expired', () => mint({ exp: Math.floor(Date.now() / 1000) - 60 })],
    ['belongs to a session that there is not', () => mint({ sid: randomUUID() })],
    ['is of another kind', () => mint({}, 'JWT')],
  ])('says of a token that it is not active when it %s', async (_title, make) => {
    const answer = await as('orders')('/oauth/introspect', { token: make() });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({ active: false });
  });

  it('asks for the token', async () => {
    expect(outcome(await as('orders')('/oauth/introspect', {}))).toEqual({ status: 400, error: 'invalid_request' });
  });

  const mint = (changes: object, type = 'at+jwt') =>
    issuer.app.get<TokenSigner>(TokenSigner).sign(type, { ...claimsOf(issuer.admin.accessToken), ...changes });
});

describe('revocation', () => {
  it('of an access token is seen at once, appends an event, and touches no other token', async () => {
    const [token, other] = [await ownToken('orders'), await ownToken('orders')];
    expect((await revoke('orders', token, { token_type_hint: 'access_token' })).status).toBe(200);
    expect(await introspect('orders', token)).toEqual({ active: false });
    expect(await introspect('orders', other)).toMatchObject({ active: true });
    const events = await eventsOf(claimsOf(token)['jti']);
    expect(events).toEqual([expect.objectContaining({ type: 'token-revoked' })]);
  });

  it("of a person's access token counts at the issuer's own endpoints too", async () => {
    const { issuerToken } = await issuer.newPersonAt('app');
    const me = async () =>
      (await fetch(`${issuer.url}/auth/me`, { headers: { authorization: `Bearer ${issuerToken}` } })).status;
    expect(await me()).toBe(200);
    await revoke('app', issuerToken);
    expect(await me()).toBe(401);
  });

  it('of an access token twice is one event', async () => {
    const token = await ownToken('orders');
    await revoke('orders', token);
    expect((await revoke('orders', token)).status).toBe(200);
    expect(await eventsOf(claimsOf(token)['jti'])).toHaveLength(1);
  });

  it('of an exchanged token leaves the one that it was made of', async () => {
    const person = await issuer.newPerson();
    const { body } = await as('orders')('/oauth/token', {
      grant_type: EXCHANGE,
      subject_token: person.accessToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
    });
    await revoke('orders', String(body['access_token']));
    expect(await introspect('orders', String(body['access_token']))).toEqual({ active: false });
    expect(await introspect('orders', person.accessToken)).toMatchObject({ active: true });
  });

  it('of a refresh token ends its session, with the access tokens', async () => {
    const person = await issuer.newPersonAt('app');
    expect((await revoke('app', person.refreshToken)).status).toBe(200);
    expect(await introspect('orders', person.accessToken)).toEqual({ active: false });
    const again = await as('app')('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: person.refreshToken,
    });
    expect(outcome(again)).toEqual({ status: 400, error: 'invalid_grant' });
    expect(await eventsOf(claimsOf(person.accessToken)['sid'])).toEqual([
      expect.objectContaining({ type: 'session-revoked' }),
    ]);
  });

  it("of another client's token is refused, and does nothing", async () => {
    const person = await issuer.newPersonAt('app');
    for (const token of [await ownToken('orders'), person.accessToken, person.refreshToken]) {
      expect(outcome(await revoke('stranger', token))).toEqual({ status: 400, error: 'invalid_grant' });
    }
    expect(await introspect('orders', person.accessToken)).toMatchObject({ active: true });
    const refreshed = await as('app')('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: person.refreshToken,
    });
    expect(refreshed.status).toBe(200);
  });

  it.each(['garbage', 'a.b.c', 'x'.repeat(40_000)])('of what is no token is no error', async (token) => {
    const answer = await revoke('orders', token);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({});
  });

  it('asks for the token', async () => {
    expect(outcome(await as('orders')('/oauth/revoke', {}))).toEqual({ status: 400, error: 'invalid_request' });
  });

  async function eventsOf(value: unknown): Promise<readonly unknown[]> {
    const { body } = await issuer.administer('GET', '/admin/security-events?limit=100');
    return (body as unknown as { value: string }[]).filter((event) => event.value === value);
  }
});
