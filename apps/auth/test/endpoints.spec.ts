import { startTestApp, type TestApp } from '@watchword/platform/testing';
import { randomUUID } from 'node:crypto';
import { AppModule } from '../src/app.module.js';
import { AuthConfig } from '../src/config/index.js';
import { payloadOf } from './issuer.js';

const PASSWORD = 'tidal-orchid-bakery';
const ADMIN = { email: 'admin@watchword.local', password: 'quartz-lantern-velvet' };

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

describe("the issuer's endpoints", () => {
  let app: TestApp;
  let administrator: string;

  beforeAll(async () => {
    app = await startTestApp({
      name: 'auth',
      module: AppModule,
      config: AuthConfig,
      environment: { ADMIN_PASSWORD: ADMIN.password, LOGIN_LIMIT_ADDRESS: '10000', REGISTER_LIMIT_ADDRESS: '1000' },
    });
    administrator = (await logIn(ADMIN)).access_token;
  }, 60_000);

  afterAll(() => app.close());

  async function call(method: string, path: string, token?: string, body?: unknown): Promise<Answer> {
    const response = await fetch(app.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function logIn({ email, password }: { email: string; password: string }): Promise<Tokens> {
    const { status, body } = await call('POST', '/auth/login', undefined, { email, password });
    expect(status).toBe(200);
    return body as Tokens;
  }

  async function person() {
    const credentials = { email: `${randomUUID()}@example.com`, password: PASSWORD };
    const { status, body } = await call('POST', '/auth/register', undefined, { ...credentials, name: 'Ann' });
    expect(status).toBe(201);
    const { id } = body as { id: string };
    return { id, ...credentials, ...(await logIn(credentials)) };
  }

  function expectProblem({ status, headers, body }: Answer, expectedStatus: number, code: string) {
    expect(status).toBe(expectedStatus);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: expectedStatus, code });
  }

  it('let a person register, log in, see themselves, refresh and log out', async () => {
    const ann = await person();
    expect(payloadOf(ann.access_token)).toMatchObject({
      iss: 'http://127.0.0.1:3000',
      sub: ann.id,
      aud: ['auth', 'catalog', 'orders', 'inventory'],
      roles: ['customer'],
    });
    const me = await call('GET', '/auth/me', ann.access_token);
    expect(me.body).toMatchObject({ id: ann.id, email: ann.email, name: 'Ann', roles: ['customer'] });

    const refreshed = await call('POST', '/auth/refresh', undefined, { refresh_token: ann.refresh_token });
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.get('cache-control')).toBe('no-store');
    const next = refreshed.body as Tokens;

    const out = await call('POST', '/auth/logout', undefined, { refresh_token: next.refresh_token });
    expect(out.status).toBe(204);
    expectProblem(await call('GET', '/auth/me', next.access_token), 401, 'invalid_token');
    const again = await call('POST', '/auth/refresh', undefined, { refresh_token: next.refresh_token });
    expectProblem(again, 400, 'invalid_grant');
  });

  it.each([
    ['POST', '/auth/register', { email: 'nobody', password: PASSWORD }],
    ['POST', '/auth/register', { email: 'ann@example.com' }],
    ['POST', '/auth/register', { email: 'ann@example.com', password: PASSWORD, roles: ['admin'] }],
    ['POST', '/auth/login', { email: 'ann@example.com' }],
    ['POST', '/auth/login', { email: ['ann@example.com'], password: PASSWORD }],
    ['POST', '/auth/login', { email: 'ann@example.com', password: 'x'.repeat(1025) }],
    ['POST', '/auth/refresh', {}],
    ['POST', '/auth/refresh', { refresh_token: 7 }],
    ['POST', '/auth/logout', { refresh_token: '' }],
  ])('refuse %s %s with %j', async (method, path, body) => {
    expectProblem(await call(method, path, undefined, body), 400, 'validation_failed');
  });

  it('refuse a second account, and a password that is easy to guess', async () => {
    const { email } = await person();
    const again = await call('POST', '/auth/register', undefined, { email: email.toUpperCase(), password: PASSWORD });
    expectProblem(again, 409, 'email_taken');
    const weak = await call('POST', '/auth/register', undefined, { email: 'new@example.com', password: 'password1' });
    expectProblem(weak, 422, 'password_rejected');
  });

  it('answer a wrong password and an unknown account alike', async () => {
    const { email } = await person();
    const answers = await Promise.all(
      [email, 'nobody@example.com'].map((address) =>
        call('POST', '/auth/login', undefined, { email: address, password: 'wrong' }),
      ),
    );
    for (const answer of answers) expectProblem(answer, 401, 'invalid_credentials');
    const [one, other] = answers.map(({ body }) => ({ ...(body as object), requestId: undefined }));
    expect(one).toEqual(other);
  });

  it('refuse guessing with 429 and Retry-After, and know a device by its cookie', async () => {
    const { email, password } = await person();
    const response = await fetch(`${app.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^watchword_device=[^;]+; .*Path=\/auth\/login; .*HttpOnly; SameSite=Strict/);
    for (let guess = 0; guess < 10; guess += 1) {
      await call('POST', '/auth/login', undefined, { email, password: 'wrong' });
    }
    const limited = await call('POST', '/auth/login', undefined, { email, password });
    expectProblem(limited, 429, 'too_many_attempts');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    const known = await fetch(`${app.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie.split(';')[0] ?? '' },
      body: JSON.stringify({ email, password }),
    });
    expect(known.status).toBe(200);
  });

  it('list, end and end all sessions of a person', async () => {
    const ann = await person();
    const others = [await logIn(ann), await logIn(ann), await logIn(ann)] as const;
    const sid = (tokens: Tokens) => String(payloadOf(tokens.access_token)['sid']);
    const list = async () => (await call('GET', '/auth/sessions', ann.access_token)).body as Record<string, unknown>[];
    const sessions = await list();
    expect(new Set(sessions.map(({ id }) => id))).toEqual(new Set([ann, ...others].map(sid)));
    expect(sessions.filter(({ current }) => current === true).map(({ id }) => id)).toEqual([sid(ann)]);

    expect((await call('DELETE', `/auth/sessions/${sid(others[0])}`, ann.access_token)).status).toBe(204);
    expectProblem(await call('GET', '/auth/me', others[0].access_token), 401, 'invalid_token');
    expectProblem(await call('DELETE', `/auth/sessions/${sid(others[0])}`, ann.access_token), 404, 'not_found');

    expect((await call('DELETE', '/auth/sessions?except=current', ann.access_token)).status).toBe(204);
    expect(await list()).toHaveLength(1);
    expect((await call('DELETE', '/auth/sessions', ann.access_token)).status).toBe(204);
    expectProblem(await call('GET', '/auth/sessions', ann.access_token), 401, 'invalid_token');
  });

  it("do not let a person end somebody else's session", async () => {
    const [ann, bob] = [await person(), await person()];
    const sid = String(payloadOf(bob.access_token)['sid']);
    expectProblem(await call('DELETE', `/auth/sessions/${sid}`, ann.access_token), 404, 'not_found');
    expect((await call('GET', '/auth/me', bob.access_token)).status).toBe(200);
    expectProblem(await call('DELETE', '/auth/sessions/7', ann.access_token), 400, 'bad_request');
    expectProblem(await call('DELETE', '/auth/sessions?except=all', ann.access_token), 400, 'validation_failed');
  });

  it('change a password for who knows it, and end all sessions', async () => {
    const ann = await person();
    const change = (currentPassword: string, newPassword: string) =>
      call('POST', '/auth/password', ann.access_token, { currentPassword, newPassword });
    expectProblem(await change('wrong', 'quartz-lantern-velvet'), 403, 'wrong_password');
    expectProblem(await change(PASSWORD, 'short'), 422, 'password_rejected');
    expectProblem(await call('POST', '/auth/password', ann.access_token, {}), 400, 'validation_failed');
    expect((await change(PASSWORD, 'quartz-lantern-velvet')).status).toBe(204);
    expectProblem(await call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    await logIn({ email: ann.email, password: 'quartz-lantern-velvet' });
  });

  const PROTECTED = [
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${randomUUID()}`],
    ['POST', '/auth/password'],
  ] as const;
  const FOR_ADMINISTRATORS = [
    ['GET', '/admin/accounts'],
    ['POST', '/admin/accounts'],
    ['GET', `/admin/accounts/${randomUUID()}`],
    ['POST', `/admin/accounts/${randomUUID()}/disable`],
    ['POST', `/admin/accounts/${randomUUID()}/enable`],
    ['PUT', `/admin/accounts/${randomUUID()}/roles`],
    ['GET', `/admin/accounts/${randomUUID()}/sessions`],
    ['DELETE', `/admin/accounts/${randomUUID()}/sessions`],
    ['DELETE', `/admin/accounts/${randomUUID()}/sessions/${randomUUID()}`],
    ['GET', '/admin/roles'],
    ['PUT', '/admin/roles/customer'],
    ['DELETE', '/admin/roles/customer'],
    ['GET', '/admin/keys'],
    ['POST', '/admin/keys/rotate'],
    ['POST', '/admin/keys/x/retire'],
    ['POST', '/admin/keys/x/compromise'],
    ['GET', '/admin/security-events'],
    ['GET', '/admin/audit-log'],
  ] as const;

  it.each([...PROTECTED, ...FOR_ADMINISTRATORS])(
    'refuse %s %s without a token, or with a bad one',
    async (method, path) => {
      const without = await call(method, path);
      expectProblem(without, 401, 'authentication_required');
      expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expectProblem(await call(method, path, `${administrator.slice(0, -4)}AAAA`), 401, 'invalid_token');
    },
  );

  it.each(FOR_ADMINISTRATORS)('refuse %s %s to who is no administrator', async (method, path) => {
    const { access_token: token } = await person();
    expectProblem(await call(method, path, token), 403, 'insufficient_role');
  });

  it('let an administrator make, find, disable and enable accounts, and end their sessions', async () => {
    const email = `${randomUUID()}@example.com`;
    const made = await call('POST', '/admin/accounts', administrator, {
      email,
      password: PASSWORD,
      roles: ['catalog-manager'],
    });
    expect(made.status).toBe(201);
    const { id } = made.body as { id: string };
    const { access_token: token } = await logIn({ email, password: PASSWORD });
    expect(payloadOf(token)).toMatchObject({
      roles: ['catalog-manager'],
      scope: expect.stringContaining('catalog:write') as string,
    });

    const sessions = (await call('GET', `/admin/accounts/${id}/sessions`, administrator)).body as { id: string }[];
    expect(sessions).toHaveLength(1);
    const path = `/admin/accounts/${id}/sessions/${sessions[0]?.id ?? ''}`;
    expect((await call('DELETE', path, administrator)).status).toBe(204);
    expectProblem(await call('DELETE', path, administrator), 404, 'not_found');
    expectProblem(await call('GET', '/auth/me', token), 401, 'invalid_token');

    expect((await call('POST', `/admin/accounts/${id}/disable`, administrator)).status).toBe(204);
    expect((await call('GET', `/admin/accounts/${id}`, administrator)).body).toMatchObject({ disabled: true, email });
    const refused = await call('POST', '/auth/login', undefined, { email, password: PASSWORD });
    expectProblem(refused, 401, 'invalid_credentials');
    expect((await call('POST', `/admin/accounts/${id}/enable`, administrator)).status).toBe(204);
    await logIn({ email, password: PASSWORD });
  });

  it('show accounts page by page', async () => {
    await person();
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const query = after === undefined ? '' : `&after=${after}`;
      const { body } = await call('GET', `/admin/accounts?limit=2${query}`, administrator);
      const page = body as { accounts: { id: string }[]; next?: string };
      seen.push(...page.accounts.map(({ id }) => id));
      after = page.next;
    } while (after !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(2);
  });

  it('refuse an administrator what does not exist or is not allowed', async () => {
    const nobody = `/admin/accounts/${randomUUID()}`;
    expectProblem(await call('GET', nobody, administrator), 404, 'not_found');
    expectProblem(await call('POST', `${nobody}/disable`, administrator), 404, 'not_found');
    expectProblem(await call('PUT', `${nobody}/roles`, administrator, { roles: [] }), 404, 'not_found');
    const self = `/admin/accounts/${String(payloadOf(administrator)['sub'])}`;
    expectProblem(await call('POST', `${self}/disable`, administrator), 409, 'last_administrator');
    expectProblem(
      await call('PUT', `${self}/roles`, administrator, { roles: ['customer'] }),
      409,
      'last_administrator',
    );
    expectProblem(await call('PUT', `${self}/roles`, administrator, { roles: ['king', 'admin'] }), 422, 'unknown_role');
    expectProblem(await call('GET', '/admin/accounts?limit=0', administrator), 400, 'validation_failed');
    expectProblem(
      await call('PUT', '/admin/roles/Bad%20Name', administrator, { scopes: [] }),
      400,
      'validation_failed',
    );
    expectProblem(await call('PUT', '/admin/roles/tea', administrator, { scopes: ['a b'] }), 400, 'validation_failed');
    expectProblem(await call('DELETE', '/admin/roles/nobody', administrator), 404, 'not_found');
    expectProblem(await call('DELETE', '/admin/roles/admin', administrator), 409, 'role_in_use');
    expectProblem(await call('POST', '/admin/keys/unknown/retire', administrator), 404, 'not_found');
    expectProblem(await call('POST', '/admin/keys/unknown/compromise', administrator), 404, 'not_found');
  });

  it("tell a person's tokens of before from those of after a change of roles", async () => {
    const ann = await person();
    const set = await call('PUT', `/admin/accounts/${ann.id}/roles`, administrator, {
      roles: ['customer', 'catalog-manager'],
    });
    expect(set.status).toBe(204);
    expectProblem(await call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    const { body } = await call('POST', '/auth/refresh', undefined, { refresh_token: ann.refresh_token });
    expect((await call('GET', '/auth/me', (body as Tokens).access_token)).body).toMatchObject({
      roles: ['catalog-manager', 'customer'],
    });
    const events = (await call('GET', '/admin/security-events?limit=1000', administrator)).body as { value: string }[];
    expect(events.map(({ value }) => value)).toContain(payloadOf(ann.access_token)['sid']);
  });

  it('publish the keys with Cache-Control and ETag, and nothing of their private halves', async () => {
    const { status, headers, body } = await call('GET', '/.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    const [key] = (body as { keys: Record<string, unknown>[] }).keys;
    expect(Object.keys(key ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    const etag = headers.get('etag') ?? '';
    const known = await fetch(`${app.url}/.well-known/jwks.json`, { headers: { 'if-none-match': `W/${etag}` } });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe('');
    const other = await fetch(`${app.url}/.well-known/jwks.json`, { headers: { 'if-none-match': '"other"' } });
    expect(other.status).toBe(200);
  });

  it('rotate, retire and withdraw keys for an administrator, and say who did it', async () => {
    const states = ({ body }: Answer) => (body as { kid: string; state: string }[]).map(({ state }) => state);
    expect(states(await call('POST', '/admin/keys/rotate', administrator))).toEqual(['pending', 'active']);
    const keys = (await call('GET', '/admin/keys', administrator)).body as { kid: string; state: string }[];
    const published = (await call('GET', '/.well-known/jwks.json')).body as { keys: unknown[] };
    expect(published.keys).toHaveLength(2);
    const [pending = '', active = ''] = keys.map(({ kid }) => kid);
    expectProblem(await call('POST', `/admin/keys/${pending}/retire`, administrator), 409, 'key_not_active');
    expect(states(await call('POST', `/admin/keys/${active}/retire`, administrator))).toEqual(['pending', 'active']);
    const withdrawn = await call('POST', `/admin/keys/${active}/compromise`, administrator);
    expect(states(withdrawn)).toEqual(['active', 'compromised']);
    expectProblem(await call('GET', '/admin/keys', administrator), 401, 'invalid_token');

    administrator = (await logIn(ADMIN)).access_token;
    const audit = (await call('GET', '/admin/audit-log?limit=200', administrator)).body as Record<string, unknown>[];
    expect(audit).toContainEqual(
      expect.objectContaining({
        action: 'key.compromise',
        target: { type: 'key', id: active },
        actor: { type: 'account', id: payloadOf(administrator)['sub'], ip: expect.any(String) as string },
      }),
    );
  });
});
