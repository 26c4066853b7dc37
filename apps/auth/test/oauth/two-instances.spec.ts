import { createTestDatabase, describeOnPostgres } from '@watchword/platform/testing';
import {
  ACCESS_TOKEN_TYPE,
  claimsOf,
  EXCHANGE,
  newSecret,
  startIssuer,
  type Answer,
  type IssuerUnderTest,
} from './issuer-under-test.js';

const secret = newSecret();
const CLIENTS = [
  { clientId: 'orders', secret, grants: ['client_credentials'], scopes: ['orders:read'], audiences: ['inventory'] },
  { clientId: 'catalog', secret, grants: [EXCHANGE], scopes: ['orders:read'], audiences: ['inventory'] },
  { clientId: 'watcher', secret, grants: [], scopes: [], audiences: ['inventory'] },
];

describeOnPostgres('what one of two instances', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let one: IssuerUnderTest;
  let other: IssuerUnderTest;
  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = {
      DATABASE_URL: database.url,
      KEY_ENCRYPTION_KEYS: `1:${newSecret()}`,
      AUTH_ISSUER: 'https://auth.example',
      // None of them looks at the keys meanwhile.
      KEY_RING_POLL: '600',
      KEY_RING_LEASE: '1200',
    };
    one = await startIssuer(CLIENTS, shared);
    other = await startIssuer(CLIENTS, shared);
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await database.drop();
  });

  const tokenFrom = (issuer: IssuerUnderTest) =>
    issuer.as('orders', secret)('/oauth/token', { grant_type: 'client_credentials' });
  const isActive = async ({ body }: Answer) => {
    const answer = await one.as('watcher', secret)('/oauth/introspect', { token: String(body['access_token']) });
    return answer.body['active'];
  };

  it('disables, a client, gets nothing that is worth anything from the other one, and soon nothing at all', async () => {
    const before = await tokenFrom(other);
    expect(await isActive(before)).toBe(true);
    await one.administer('POST', '/admin/clients/orders/disable');

    // Whatever the other one remembers for a second: what it issues is revoked already.
    let answer = await tokenFrom(other);
    for (const deadline = Date.now() + 20_000; answer.status === 200 && Date.now() < deadline;) {
      expect(await isActive(answer)).toBe(false);
      expect(claimsOf(answer.body['access_token'])['sid']).toBe(claimsOf(before.body['access_token'])['sid']);
      answer = await tokenFrom(other);
    }
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(await isActive(before)).toBe(false);
  });

  it('withdraws, a key, makes no subject token at the other one, which has the key in memory', async () => {
    const exchange = async (token: string) =>
      (
        await other.as('catalog', secret)('/oauth/token', {
          grant_type: EXCHANGE,
          subject_token: token,
          subject_token_type: ACCESS_TOKEN_TYPE,
          audience: 'inventory',
        })
      ).status;
    const { accessToken } = await other.newPerson();
    expect(await exchange(accessToken)).toBe(200);
    const { body } = await one.administer('GET', '/admin/keys');
    const [{ kid }] = body as unknown as [{ kid: string }];
    expect((await one.administer('POST', `/admin/keys/${kid}/compromise`)).status).toBe(200);
    expect(await exchange(accessToken)).toBe(400);
  });
});
