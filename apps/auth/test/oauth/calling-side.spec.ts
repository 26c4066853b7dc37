import { type Caller, type VerifiedToken } from '@watchword/auth';
import { ServiceTokens, TokenEndpoint, TokenExchange } from '@watchword/auth/clients';
import { claimsOf, EXCHANGE, newSecret, startIssuer, type IssuerUnderTest } from './issuer-under-test.js';

const secret = `${newSecret()} +%ü`;
const CLIENTS = [
  {
    clientId: 'orders',
    secret,
    grants: ['client_credentials', EXCHANGE],
    scopes: ['inventory:read', 'inventory:manage'],
    audiences: ['inventory'],
  },
];

describe('the service tokens of @watchword/auth', () => {
  let issuer: IssuerUnderTest;
  let endpoint: TokenEndpoint;
  beforeAll(async () => {
    issuer = await startIssuer(CLIENTS);
    endpoint = new TokenEndpoint({
      clientId: 'orders',
      clientSecret: secret,
      tokenEndpoint: `${issuer.url}/oauth/token`,
      issuer: issuer.url,
    });
  });
  afterAll(() => issuer.close());

  const callerWith = (token: string): Caller => ({
    token,
    verified: { issuer: issuer.url, expiresAt: claimsOf(token)['exp'] } as VerifiedToken,
  });

  it('are issued', async () => {
    const token = await new ServiceTokens(endpoint).tokenFor({ audience: 'inventory' });
    expect(claimsOf(token)).toMatchObject({ sub: 'orders', aud: ['inventory'] });
  });

  it('have no more scopes than were asked for', async () => {
    const token = await new ServiceTokens(endpoint).tokenFor({ audience: 'inventory', scope: 'inventory:read' });
    expect(claimsOf(token)).toMatchObject({ sub: 'orders', aud: ['inventory'], scope: 'inventory:read' });
  });

  it("are exchanged for a caller's", async () => {
    const person = await issuer.newPerson();
    const token = await new TokenExchange(endpoint).tokenFor(callerWith(person.accessToken), { audience: 'inventory' });
    expect(claimsOf(token)).toMatchObject({ sub: person.id, act: { sub: 'orders' }, scope: 'inventory:read' });
  });

  it('fail in a way that says whose fault it is', async () => {
    const exchange = new TokenExchange(endpoint);
    const person = await issuer.newPerson();
    const ended = callerWith(person.accessToken.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')));
    await expect(exchange.tokenFor(ended, { audience: 'inventory' })).rejects.toMatchObject({ code: 'caller_refused' });
    await expect(exchange.tokenFor(callerWith(person.accessToken), { audience: 'catalog' })).rejects.toMatchObject({
      code: 'target_refused',
    });
    const wrong = new TokenEndpoint({
      clientId: 'orders',
      clientSecret: newSecret(),
      tokenEndpoint: `${issuer.url}/oauth/token`,
      issuer: issuer.url,
    });
    await expect(new ServiceTokens(wrong).tokenFor({ audience: 'inventory' })).rejects.toMatchObject({
      code: 'service_refused',
    });
  });
});
