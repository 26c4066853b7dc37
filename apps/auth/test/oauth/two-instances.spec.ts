import { createTestDatabase, describeOnPostgres } from '@watchword/platform/testing';
import { claimsOf, newSecret, startIssuer, type Answer, type IssuerUnderTest } from './issuer-under-test.js';

const secret = newSecret();
const CLIENTS = [
  { clientId: 'orders', secret, grants: ['client_credentials'], scopes: ['orders:read'], audiences: ['inventory'] },
  { clientId: 'watcher', secret, grants: [], scopes: [], audiences: ['inventory'] },
];

describeOnPostgres('a client that one of two instances disables', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let one: IssuerUnderTest;
  let other: IssuerUnderTest;
  beforeAll(async () => {
    database = await createTestDatabase();
    const shared = {
      DATABASE_URL: database.url,
      KEY_ENCRYPTION_KEYS: `1:${newSecret()}`,
      AUTH_ISSUER: 'https://auth.example',
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

  it('gets nothing that is worth anything from the other one, and soon nothing at all', async () => {
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
});
