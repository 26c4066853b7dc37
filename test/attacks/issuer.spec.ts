import type { Jwk } from '@watchword/auth';
import { request } from '../harness/http.js';
import { logIn, register, type Session } from '../harness/people.js';
import { TestSystem } from '../harness/test-system.js';
import { forgeries, INVALID, REQUIRED } from './forgeries.js';

/** The issuer verifies what it issued as strictly as any service. */
describe('attacks on the issuer', () => {
  let system: TestSystem;
  let session: Session;
  let jwks: { readonly keys: readonly Jwk[] };

  const me = (token?: string) => request('GET', `${system.url('auth')}/auth/me`, token === undefined ? {} : { token });

  beforeAll(async () => {
    system = await TestSystem.prepare();
    system.apps.start('auth');
    await system.apps.ready(90_000, ['auth']);
    session = await logIn(system, await register(system), 'auth');
    jwks = (await request<{ keys: Jwk[] }>('GET', `${system.url('auth')}/.well-known/jwks.json`)).body;
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  afterEach(async () => {
    expect((await me(session.access_token)).status).toBe(200);
  });

  it('refuses who brings no token', async () => {
    const { status, body } = await me();
    expect({ status, code: body.code }).toEqual(REQUIRED);
  });

  it.each(forgeries)('refuses %s', async (_forgery, forge) => {
    const { status, body } = await me(await forge({ token: session.access_token, jwks }));
    expect({ status, code: body.code }).toEqual(INVALID);
  });

  it('refuses a refresh token as an access token', async () => {
    const { status, body } = await me(session.refresh_token);
    expect({ status, code: body.code }).toEqual(INVALID);
  });

  it('refuses an access token as a refresh token', async () => {
    const { status, body } = await request<{ error?: string; code?: string }>(
      'POST',
      `${system.url('auth')}/auth/refresh`,
      { body: { refresh_token: session.access_token } },
    );
    expect(status).toBe(400);
    expect(body.error ?? body.code).toBe('invalid_grant');
  });

  it.each(['/admin/accounts', '/admin/keys', '/admin/clients'])('keeps %s for administrators', async (path) => {
    const { status, body } = await request('GET', `${system.url('auth')}${path}`, { token: session.access_token });
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'insufficient_role' });
  });
});
