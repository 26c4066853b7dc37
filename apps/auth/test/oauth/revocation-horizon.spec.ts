import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  newSecret,
  startIssuer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const secret = newSecret();
const CLIENTS = [
  {
    clientId: 'orders',
    secret,
    grants: ['client_credentials', EXCHANGE],
    scopes: ['inventory:read'],
    audiences: ['inventory'],
  },
  { clientId: 'app', secret, grants: ['refresh_token'], scopes: [], audiences: ['orders'] },
];
/** The longest that a verifier can be told to accept a token after its `exp` (@watchword/auth), in milliseconds. */
const MOST_TOLERANT = 300_000;
const KEY_PUBLISH_AHEAD = 3_600_000;
const ACCESS_TOKEN_TTL = 300_000;

describe('an event is remembered until the most tolerant verifier refuses by itself what it denies', () => {
  let issuer: IssuerUnderTest;
  beforeAll(async () => {
    issuer = await startIssuer(CLIENTS);
  });
  afterAll(() => issuer.close());

  const endOf = async (value: unknown) => {
    const { body } = await issuer.administer('GET', '/admin/security-events?limit=1000');
    const event = (body as unknown as { value: string; expiresAt: string }[]).find((entry) => entry.value === value);
    return Date.parse(String(event?.expiresAt));
  };
  const latestUseOf = (tokens: readonly unknown[]) =>
    Math.max(...tokens.map((token) => Number(claimsOf(token)['exp']) * 1000 + MOST_TOLERANT));
  const token = async (clientId: string, form: Record<string, string>) =>
    (await issuer.as(clientId, secret)('/oauth/token', form)).body;

  it("a person's session: the login's token, those of refreshes, and what was exchanged for them", async () => {
    const { id, accessToken, refreshToken } = await issuer.newPersonAt('app');
    const refreshed = await token('app', { grant_type: 'refresh_token', refresh_token: refreshToken });
    const repeated = await token('app', { grant_type: 'refresh_token', refresh_token: refreshToken });
    const exchanged = await token('orders', {
      grant_type: EXCHANGE,
      subject_token: String(repeated['access_token']),
      subject_token_type: ACCESS_TOKEN_TYPE,
      audience: 'inventory',
    });
    const tokens = [accessToken, ...[refreshed, repeated, exchanged].map((body) => body['access_token'])];
    const [sid, ...others] = new Set(tokens.map((text) => claimsOf(text)['sid']));
    expect(others).toEqual([]);
    expect((await issuer.administer('DELETE', `/admin/accounts/${id}/sessions`)).status).toBe(204);
    expect(await endOf(sid)).toBeGreaterThanOrEqual(latestUseOf(tokens));
  });

  it("a client's credential", async () => {
    const body = await token('orders', { grant_type: 'client_credentials' });
    await issuer.administer('PATCH', '/admin/clients/orders', { scopes: [] });
    const end = await endOf(claimsOf(body['access_token'])['sid']);
    expect(end).toBeGreaterThanOrEqual(latestUseOf([body['access_token']]));
    // Another instance may not have seen it yet, and go on for a second.
    expect(end).toBeGreaterThan(Date.now() + 1_000 + ACCESS_TOKEN_TTL + MOST_TOLERANT);
  });

  it('a single token', async () => {
    const body = await token('orders', { grant_type: 'client_credentials' });
    await issuer.as('orders', secret)('/oauth/revoke', { token: String(body['access_token']) });
    expect(await endOf(claimsOf(body['access_token'])['jti'])).toBeGreaterThanOrEqual(
      latestUseOf([body['access_token']]),
    );
  });

  it('a key, for as long as somebody may have it in a cache: who stole it chooses when its tokens end', async () => {
    const { body } = await issuer.administer('GET', '/admin/keys');
    const [{ kid }] = body as unknown as [{ kid: string }];
    const before = Date.now();
    await issuer.administer('POST', `/admin/keys/${kid}/compromise`);
    const { issuerToken } = await issuer.logIn();
    const events = await fetch(`${issuer.url}/admin/security-events?limit=1000`, {
      headers: { authorization: `Bearer ${issuerToken}` },
    });
    const event = ((await events.json()) as { value: string; expiresAt: string }[]).find(({ value }) => value === kid);
    expect(Date.parse(String(event?.expiresAt))).toBeGreaterThanOrEqual(
      before + KEY_PUBLISH_AHEAD + ACCESS_TOKEN_TTL + MOST_TOLERANT,
    );
  });
});
