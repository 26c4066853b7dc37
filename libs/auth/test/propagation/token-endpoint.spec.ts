import { inspect } from 'node:util';
import { PropagationError, TokenEndpoint } from '@watchword/auth';
import type { ServiceCredentials } from '@watchword/auth';
import { ManualClock } from '@watchword/auth/testing';
import { serveTokens } from './token-server.js';
import type { TokenServer } from './token-server.js';

let server: TokenServer;
beforeEach(async () => {
  server = await serveTokens();
});
afterEach(() => server.close());

const endpoint = (options: Partial<ServiceCredentials> = {}): TokenEndpoint =>
  new TokenEndpoint({ clientId: 'orders', clientSecret: 'secret', tokenEndpoint: server.url, ...options });
const grant = (options?: Partial<ServiceCredentials>, more = {}): Promise<unknown> =>
  endpoint(options).grant({ grant_type: 'client_credentials', audience: 'inventory', ...more });

it('asks with a form and client_secret_basic, and counts the life from when it asked', async () => {
  const clock = new ManualClock();
  expect(await grant({ clock })).toEqual({ token: 'token-1', expiresAt: clock.now() + 300_000 });
  expect(server.requests).toEqual([
    {
      authorization: `Basic ${Buffer.from('orders:secret').toString('base64')}`,
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      form: { grant_type: 'client_credentials', audience: 'inventory' },
    },
  ]);
});

it('encodes id and secret before it puts the colon between (RFC 6749 §2.3.1)', async () => {
  await grant({ clientId: 'or:ders', clientSecret: 'a b%ü+' });
  expect(Buffer.from(server.requests[0]!.authorization!.slice(6), 'base64').toString()).toBe(
    'or%3Aders:a+b%25%C3%BC%2B',
  );
});

it.each([
  ['client_credentials', 'invalid_client', 401, 'service_refused'],
  ['client_credentials', 'unauthorized_client', 400, 'service_refused'],
  ['client_credentials', 'invalid_request', 400, 'service_refused'],
  ['client_credentials', 'invalid_target', 400, 'target_refused'],
  ['exchange', 'invalid_grant', 400, 'caller_refused'],
  ['exchange', 'invalid_request', 400, 'caller_refused'],
  ['exchange', 'invalid_target', 400, 'target_refused'],
  ['exchange', 'invalid_scope', 400, 'target_refused'],
  ['exchange', 'something_new', 400, 'service_refused'],
])('tells whose fault it is: %s, %s', async (kind, error, status, code) => {
  server.answer = () => ({ status, body: { error } });
  const refused = grant({}, kind === 'exchange' ? { subject_token: 'the-secret-token' } : {});
  await expect(refused).rejects.toMatchObject({ name: 'PropagationError', code });
  await expect(refused).rejects.toThrow(error);
  await expect(refused).rejects.not.toThrow('the-secret-token');
});

it.each([
  ['500', { status: 500, body: { error: 'server_error' } }],
  ['429', { status: 429, body: { error: 'temporarily_unavailable' } }],
  ['503', { status: 503, body: {} }],
  ['HTML', { body: '<html>' }],
  ['a list', { body: [] }],
  ['no token', { body: { token_type: 'Bearer', expires_in: 300 } }],
  ['another token type', { body: { access_token: 't', token_type: 'DPoP', expires_in: 300 } }],
  ['a token with a line in it', { body: { access_token: 'a\r\nx: b', token_type: 'Bearer', expires_in: 300 } }],
  ['a life without end', { body: '{"access_token":"t","token_type":"Bearer","expires_in":1e999}' }],
  ['no life', { body: { access_token: 't', token_type: 'Bearer' } }],
  ['a life that is text', { body: { access_token: 't', token_type: 'Bearer', expires_in: '300' } }],
  ['a life that is over', { body: { access_token: 't', token_type: 'Bearer', expires_in: 0 } }],
])('takes %s for unavailable', async (_, answer) => {
  server.answer = () => answer;
  await expect(grant()).rejects.toMatchObject({ code: 'token_endpoint_unavailable' });
});

it('quotes nothing of an answer that it can not read', async () => {
  server.answer = () => ({ body: 'the-secret-token' });
  const asked = grant();
  await expect(asked).rejects.toThrow('its answer can not be read: not JSON');
  await expect(asked.catch((error: unknown) => inspect(error))).resolves.not.toContain('the-sec');
});

it('follows no redirect: the request carries a secret', async () => {
  const thief = await serveTokens();
  server.answer = () => ({ status: 307, body: '', headers: { location: thief.url } });
  await expect(grant()).rejects.toMatchObject({ code: 'token_endpoint_unavailable' });
  expect(thief.requests).toEqual([]);
  await thief.close();
});

it('does not wait longer than it was told', async () => {
  server.answer = () => new Promise(() => undefined);
  await expect(grant({ timeoutMs: 50 })).rejects.toBeInstanceOf(PropagationError);
});

it.each([{ clientId: '' }, { clientSecret: '' }, { tokenEndpoint: '/oauth/token' }, { tokenEndpoint: 'ftp://x/' }])(
  'is not built with %j',
  (options) => {
    expect(() => endpoint(options)).toThrow(TypeError);
  },
);
