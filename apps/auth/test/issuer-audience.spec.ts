import { DATABASE } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { AuthDatabase } from '../src/database/auth-database.js';
import { IssuerTokenSigner, TokenSigner } from '../src/keys/signing/token-signer.js';
import { expectProblem, startFirstPartyIssuer, type FirstPartyIssuer, type Tokens } from './first-party-issuer.js';
import { payloadOf } from './issuer.js';

const SHARED = { JWT_SIGNING: 'shared-secret', JWT_SHARED_SECRETS: randomBytes(32).toString('base64url') };

/** Each with the method and what it would do. */
const OWN_ENDPOINTS = [
  ['GET', '/auth/me'],
  ['GET', '/auth/sessions'],
  ['DELETE', '/auth/sessions'],
  ['POST', '/auth/password'],
  ['GET', '/admin/accounts'],
  ['POST', '/admin/clients'],
  ['POST', '/admin/keys/rotate'],
] as const;

describe.each([
  ['public keys', {}],
  ['a shared secret', SHARED],
])('tokens for the issuer, signed with %s', (_way, environment) => {
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer(environment);
  }, 60_000);
  afterAll(() => issuer.close());

  type Claims = Readonly<Record<string, unknown>>;
  /** As the issuer itself signs them, with any claims. */
  const signed = (claims: Claims) => issuer.app.get<TokenSigner>(IssuerTokenSigner).sign('at+jwt', claims);
  const logIn = (person: object, resource?: unknown) =>
    issuer.call('POST', '/auth/login', undefined, { ...pick(person), resource });
  const refresh = (refreshToken: string, resource?: unknown) =>
    issuer.call('POST', '/auth/refresh', undefined, { refresh_token: refreshToken, resource });
  const pick = (person: object) => {
    const { email, password } = person as { email: string; password: string };
    return { email, password };
  };
  const claimsOf = ({ body }: { body: unknown }) => payloadOf((body as Tokens).access_token);
  const refreshTokenOf = ({ body }: { body: unknown }) => (body as Tokens).refresh_token;
  const me = (token: string) => issuer.call('GET', '/auth/me', token);
  /** As if the session had begun that much earlier. */
  const age = (token: string, seconds: number) =>
    issuer.app.get<AuthDatabase>(DATABASE).execute(sql`
      update sessions set created_at = created_at - make_interval(secs => ${seconds})
      where sid = ${String(payloadOf(token)['sid'])}`);

  it('are what a login or a refresh asks for, and for nothing else; without that it is the services', async () => {
    const ann = await issuer.person();
    const services = await logIn(ann);
    expect(claimsOf(services)['aud']).toEqual(['catalog', 'orders']);
    const forIssuer = await logIn(ann, 'auth');
    expect(claimsOf(forIssuer)['aud']).toEqual(['auth']);
    const both = [await refresh(refreshTokenOf(services), 'auth')];
    both.push(await refresh(refreshTokenOf(both[0]!)));
    expect(both.map((answer) => claimsOf(answer)['aud'])).toEqual([['auth'], ['catalog', 'orders']]);
    expect(new Set([services, ...both].map((answer) => claimsOf(answer)['sid'])).size).toBe(1);
  });

  it('say when the password was given, however often they are refreshed', async () => {
    const ann = await issuer.person();
    const authTime = Number(payloadOf(ann.access_token)['auth_time']);
    expect(Math.abs(authTime - Date.now() / 1000)).toBeLessThan(60);
    await age(ann.access_token, 100);
    const refreshed = await refresh(ann.refresh_token, 'auth');
    expect(claimsOf(refreshed)['auth_time']).toBe(authTime - 100);
    expect(claimsOf(await refresh(refreshTokenOf(refreshed)))['auth_time']).toBe(authTime - 100);
  });

  it.each(['orders', 'catalog,auth', 'Auth', ' auth', '', 'http://127.0.0.1:3000'])(
    'refuse the resource %j with invalid_target: nobody is logged in, and nothing is rotated',
    async (resource) => {
      const ann = await issuer.person();
      expectProblem(await logIn(ann, resource), 400, 'invalid_target');
      expectProblem(await refresh(ann.refresh_token, resource), 400, 'invalid_target');
      expect((await issuer.call('GET', '/auth/sessions', ann.access_token)).body).toMatchObject({
        sessions: [{ id: payloadOf(ann.access_token)['sid'] }],
      });
      expect(payloadOf((await issuer.logIn(ann)).access_token)['aud']).toEqual(['auth']);
      expect((await refresh(ann.refresh_token)).status).toBe(200);
    },
  );

  it.each([[['auth', 'orders']], [['auth']], [{ auth: true }], [1]])('refuse the resource %j', async (resource) => {
    const ann = await issuer.person();
    expectProblem(await logIn(ann, resource), 400, 'validation_failed');
    expectProblem(await refresh(ann.refresh_token, resource), 400, 'validation_failed');
  });

  it.each(OWN_ENDPOINTS)("are needed at %s %s: an administrator's token for the services is refused", async (...at) => {
    const admin = await refresh((await issuer.logIn()).refresh_token);
    expectProblem(await issuer.call(...at, (admin.body as Tokens).access_token), 401, 'invalid_token');
  });

  it.each(OWN_ENDPOINTS)('are refused at %s %s when they are for a service as well', async (...at) => {
    const claims = payloadOf((await issuer.logIn()).access_token);
    for (const aud of [
      ['auth', 'orders'],
      ['catalog', 'auth'],
    ]) {
      expectProblem(await issuer.call(...at, signed({ ...claims, aud })), 401, 'invalid_token');
    }
  });

  it.each(OWN_ENDPOINTS)(
    'let a customer do nothing more at %s %s by saying that they are an administrator',
    async (method, path) => {
      const [ann, ben] = [await issuer.person(), await issuer.person()];
      let claims: Claims = { ...payloadOf(ann.access_token), ...RIGHTS };
      const honest = await issuer.call(method, path, ann.access_token);
      if (method === 'DELETE') claims = { ...payloadOf((await issuer.logIn(ann)).access_token), ...RIGHTS };
      const claimed = await issuer.call(method, path, signed(claims));
      expect(withoutRequest(claimed)).toEqual(withoutRequest(honest));
      if (path.startsWith('/admin')) expectProblem(claimed, 403, 'insufficient_role');
      expect((await me(ben.access_token)).status).toBe(200);
    },
  );

  it('are refused when somebody else signed them who verifies tokens', async () => {
    const admin = await issuer.logIn();
    const ann = await issuer.person();
    const byService = (claims: Claims) => issuer.app.get<TokenSigner>(TokenSigner).sign('at+jwt', claims);
    // With public keys services can sign nothing: what they have are signatures of other tokens.
    const forge = (claims: Claims) =>
      environment === SHARED
        ? byService(claims)
        : `${signed(claims).split('.').slice(0, 2).join('.')}.${signatureOf(ann)}`;
    for (const claims of [
      { ...payloadOf(ann.access_token), roles: ['admin'] },
      payloadOf(admin.access_token),
      { ...payloadOf(admin.access_token), aud: 'auth' },
    ]) {
      for (const [method, path] of OWN_ENDPOINTS) {
        expectProblem(await issuer.call(method, path, forge(claims)), 401, 'invalid_token');
      }
    }
    for (const { access_token: token } of [admin, ann]) expect((await me(token)).status).toBe(200);
  });

  it('are for /admin good for as long as the login is recent, whatever they say and however often they are refreshed', async () => {
    const admin = await issuer.logIn();
    await age(admin.access_token, 14 * 60);
    expect((await issuer.call('GET', '/admin/keys', admin.access_token)).status).toBe(200);
    await age(admin.access_token, 61);
    const refreshed = (await refresh(admin.refresh_token, 'auth')).body as Tokens;
    const claims = payloadOf(refreshed.access_token);
    const embellished = signed({ ...claims, auth_time: claims['iat'] });
    for (const token of [admin.access_token, refreshed.access_token, embellished]) {
      const answer = await issuer.call('GET', '/admin/keys', token);
      expectProblem(answer, 401, 'insufficient_user_authentication');
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer error="insufficient_user_authentication", error_description="A more recent login is required", max_age="900"',
      );
      expect((await me(token)).status).toBe(200);
    }
    expect((await issuer.call('GET', '/admin/keys', (await issuer.logIn()).access_token)).status).toBe(200);
  });

  it('tell who is no administrator so, also after a long time', async () => {
    const ann = await issuer.person();
    await age(ann.access_token, 3600);
    expectProblem(await issuer.call('GET', '/admin/keys', ann.access_token), 403, 'insufficient_role');
  });

  it('give an administrator no more than a customer from the moment when the role is gone', async () => {
    const admin = await issuer.logIn();
    const ben = await issuer.person();
    const setRoles = (roles: string[]) =>
      issuer.call('PUT', `/admin/accounts/${ben.id}/roles`, admin.access_token, { roles });
    expect((await setRoles(['admin', 'customer'])).status).toBe(204);
    const before = await issuer.logIn(ben);
    expect((await issuer.call('GET', '/admin/keys', before.access_token)).status).toBe(200);
    expect((await setRoles(['customer'])).status).toBe(204);
    const after = (await refresh(before.refresh_token, 'auth')).body as Tokens;
    const stale = signed({ ...payloadOf(after.access_token), roles: ['admin', 'customer'] });
    for (const token of [after.access_token, stale]) {
      expectProblem(await issuer.call('GET', '/admin/keys', token), 403, 'insufficient_role');
    }
  });
});

describe('the age of a login that /admin takes', () => {
  it('is ADMIN_LOGIN_MAX_AGE', async () => {
    const issuer = await startFirstPartyIssuer({ ADMIN_LOGIN_MAX_AGE: '60' });
    const { access_token: token } = await issuer.logIn();
    expect((await issuer.call('GET', '/admin/keys', token)).status).toBe(200);
    await issuer.app
      .get<AuthDatabase>(DATABASE)
      .execute(sql`update sessions set created_at = created_at - interval '61 seconds'`);
    const answer = await issuer.call('GET', '/admin/keys', token);
    expectProblem(answer, 401, 'insufficient_user_authentication');
    expect(answer.headers.get('www-authenticate')).toContain('max_age="60"');
    await issuer.close();
  }, 60_000);
});

const RIGHTS = { roles: ['admin'], scope: 'catalog:write inventory:manage' };
const signatureOf = ({ access_token: token }: Tokens) => token.split('.')[2] ?? '';

function withoutRequest({ status, body }: { status: number; body: unknown }): object {
  return { status, body: typeof body === 'object' ? { ...body, requestId: undefined } : body };
}
