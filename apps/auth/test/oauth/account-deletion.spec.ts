import { ACCESS_TOKEN_TYPE, EXCHANGE, type IssuerUnderTest, newSecret, startIssuer } from './issuer-under-test.js';

const secret = newSecret();
const ORDERS = { clientId: 'orders', secret, grants: [EXCHANGE], scopes: ['inventory:read'], audiences: ['inventory'] };

describe('an account that was deleted', () => {
  let issuer: IssuerUnderTest;
  beforeAll(async () => {
    issuer = await startIssuer([ORDERS]);
  }, 60_000);
  afterAll(() => issuer.close());

  const exchange = (token: string) =>
    issuer.as('orders', secret)('/oauth/token', {
      grant_type: EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN_TYPE,
      audience: 'inventory',
    });
  const introspect = (token: string) => issuer.as('orders', secret)('/oauth/introspect', { token });
  const me = (token: string) => fetch(`${issuer.url}/auth/me`, { headers: { authorization: `Bearer ${token}` } });

  it('is nobody to the issuer at once, whatever tokens are left of it', async () => {
    const { id, accessToken, issuerToken, refreshToken } = await issuer.newPerson();
    expect((await exchange(accessToken)).status).toBe(200);
    expect((await introspect(accessToken)).body).toMatchObject({ active: true });
    expect((await me(issuerToken)).status).toBe(200);

    expect((await issuer.administer('DELETE', `/admin/accounts/${id}`)).status).toBe(204);
    expect((await exchange(accessToken)).body).toMatchObject({ error: 'invalid_request' });
    expect((await introspect(accessToken)).body).toEqual({ active: false });
    expect((await me(issuerToken)).status).toBe(401);
    const refresh = await fetch(`${issuer.url}/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
    });
    expect(refresh.status).toBe(400);
    expect(await refresh.json()).toMatchObject({ code: 'invalid_grant' });
    expect((await issuer.administer('GET', `/admin/accounts/${id}`)).status).toBe(404);
    expect((await issuer.administer('DELETE', `/admin/accounts/${id}`)).status).toBe(404);
    const events = (await issuer.administer('GET', '/admin/security-events?limit=1000')).body;
    expect(events).toContainEqual(expect.objectContaining({ type: 'account-deleted', value: id }));
    const audit = (await issuer.administer('GET', '/admin/audit-log')).body;
    expect(audit).toContainEqual(
      expect.objectContaining({ action: 'account.delete', target: { type: 'account', id } }),
    );
  });

  it('is never the last administrator, and never somebody to a person who is none', async () => {
    const [, payload = ''] = issuer.admin.issuerToken.split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
    const refused = await issuer.administer('DELETE', `/admin/accounts/${sub}`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'last_administrator' } });
    const person = await issuer.newPerson();
    const response = await fetch(`${issuer.url}/admin/accounts/${person.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${person.issuerToken}` },
    });
    expect(response.status).toBe(403);
  });
});
