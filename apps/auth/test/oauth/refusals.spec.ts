import { randomUUID } from 'node:crypto';
import { Refusals } from '../../src/security-events/refusals.js';
import { basic, EXCHANGE, newSecret, startIssuer, type IssuerUnderTest } from './issuer-under-test.js';

/** An attack can be attributed (OWASP ASVS 5.0, 16.3.1): what was refused, as whom, from where, in which request. */
const secret = newSecret();
let issuer: IssuerUnderTest;
beforeAll(async () => {
  issuer = await startIssuer([
    { clientId: 'orders', secret, grants: ['client_credentials', EXCHANGE], scopes: [], audiences: ['inventory'] },
  ]);
});
afterAll(() => issuer.close());

interface Entry {
  readonly requestId: string | null;
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly detail: Readonly<Record<string, unknown>>;
}

async function auditLog(): Promise<Entry[]> {
  await issuer.app.get<Refusals>(Refusals).written();
  const { body } = await issuer.administer('GET', '/admin/audit-log?limit=100');
  return body as unknown as Entry[];
}
/** Waits for the entry of a request: a client's name is looked up first. */
async function entryOf(requestId: string): Promise<Entry> {
  for (;;) {
    const entry = (await auditLog()).find((candidate) => candidate.requestId === requestId);
    if (entry !== undefined) return entry;
  }
}

const logIn = (body: object, requestId: string) =>
  fetch(`${issuer.url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    body: JSON.stringify(body),
  });

it('a wrong password, with the account', async () => {
  const { id } = await issuer.newPerson();
  const { body } = await issuer.administer('GET', `/admin/accounts/${id}`);
  const requestId = randomUUID();
  expect((await logIn({ email: body['email'], password: newSecret() }, requestId)).status).toBe(401);
  expect(await entryOf(requestId)).toMatchObject({
    action: 'account.login-refused',
    actor: { type: 'anonymous', ip: '127.0.0.1' },
    target: { type: 'account', id },
    detail: { client: 'watchword', code: 'invalid_credentials', network: '127.0.0.1' },
  });
});

it('a login to no account, without what was typed', async () => {
  const requestId = randomUUID();
  const typed = `${newSecret()}@example.com`;
  await logIn({ email: typed, password: newSecret() }, requestId);
  expect(await entryOf(requestId)).toMatchObject({ target: { type: 'account', id: 'unknown' } });
  expect(JSON.stringify(await auditLog())).not.toContain(typed);
});

it("a wrong current password, where somebody else has a person's session", async () => {
  const { id, issuerToken } = await issuer.newPerson();
  const requestId = randomUUID();
  const answer = await fetch(`${issuer.url}/auth/password`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-request-id': requestId,
      authorization: `Bearer ${issuerToken}`,
    },
    body: JSON.stringify({ currentPassword: newSecret(), newPassword: newSecret() }),
  });
  expect(answer.status).toBe(403);
  expect(await entryOf(requestId)).toMatchObject({
    action: 'account.change-password-refused',
    target: { type: 'account', id },
  });
});

it.each([
  ['/oauth/token', 'a wrong secret', 'orders', newSecret(), {}, 'invalid_client', 'orders'],
  ['/oauth/introspect', 'a wrong secret', 'orders', newSecret(), {}, 'invalid_client', 'orders'],
  ['/oauth/revoke', 'a wrong secret', 'orders', newSecret(), {}, 'invalid_client', 'orders'],
  ['/oauth/token', 'a client that there is not', 'my-pass-word', secret, {}, 'invalid_client', 'unknown'],
  [
    '/oauth/token',
    'a grant that it may not use',
    'orders',
    secret,
    { grant_type: 'refresh_token' },
    'unauthorized_client',
    'orders',
  ],
  [
    '/oauth/token',
    'a token that is none',
    'orders',
    secret,
    { grant_type: EXCHANGE, subject_token: 'x', subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
    'invalid_request',
    'orders',
  ],
])('at %s: %s', async (path, _, clientId, presented, form, code, target) => {
  const requestId = randomUUID();
  const headers = { authorization: basic(clientId, presented), 'x-request-id': requestId };
  const answer = await issuer.post(path, { grant_type: 'client_credentials', token: 'x', ...form }, headers);
  expect(answer.body['error']).toBe(code);
  expect(answer.headers.get('x-request-id')).toBe(requestId);
  expect(await entryOf(requestId)).toMatchObject({
    action: 'client.refused',
    target: { type: 'client', id: target },
    detail: { endpoint: path, code, network: '127.0.0.1' },
  });
  expect(JSON.stringify(await auditLog())).not.toContain('my-pass-word');
});

it('at the stream of events: a wrong secret', async () => {
  const requestId = randomUUID();
  const headers = { authorization: basic('orders', newSecret()), 'x-request-id': requestId };
  expect((await fetch(`${issuer.url}/security-events`, { headers })).status).toBe(401);
  expect(await entryOf(requestId)).toMatchObject({
    action: 'client.refused',
    target: { type: 'client', id: 'orders' },
    detail: { endpoint: '/security-events', code: 'invalid_client' },
  });
});

it('nothing where nothing was refused', async () => {
  const before = (await auditLog()).length;
  const requestId = randomUUID();
  const headers = { authorization: basic('orders', secret), 'x-request-id': requestId };
  expect((await issuer.post('/oauth/token', { grant_type: 'client_credentials' }, headers)).status).toBe(200);
  expect(await auditLog()).toHaveLength(before);
});

it('and each other entry has the request that it came of', async () => {
  const { id } = await issuer.newPerson();
  const requestId = randomUUID();
  await fetch(`${issuer.url}/admin/accounts/${id}/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${issuer.admin.issuerToken}`, 'x-request-id': requestId },
  });
  expect(await entryOf(requestId)).toMatchObject({ target: { type: expect.any(String) as unknown } });
});
