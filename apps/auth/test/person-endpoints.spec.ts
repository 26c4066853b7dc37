import {
  expectProblem,
  OTHER_PASSWORD,
  PASSWORD,
  startFirstPartyIssuer,
  type FirstPartyIssuer,
  type Tokens,
} from './first-party-issuer.js';
import { payloadOf } from './issuer.js';

describe("a person's endpoints", () => {
  let issuer: FirstPartyIssuer;
  beforeAll(async () => {
    issuer = await startFirstPartyIssuer();
  }, 60_000);
  afterAll(() => issuer.close());

  it('let a person register, log in, see themselves, refresh and log out', async () => {
    const ann = await issuer.person();
    expect(payloadOf(ann.access_token)).toMatchObject({
      iss: 'http://127.0.0.1:3000',
      sub: ann.id,
      aud: ['auth'],
      roles: ['customer'],
    });
    const me = await issuer.call('GET', '/auth/me', ann.access_token);
    expect(me.body).toMatchObject({ id: ann.id, email: ann.email, name: 'Ann', roles: ['customer'] });

    const refreshed = await issuer.call('POST', '/auth/refresh', undefined, {
      refresh_token: ann.refresh_token,
      resource: 'auth',
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.get('cache-control')).toBe('no-store');
    const next = refreshed.body as Tokens;

    const out = await issuer.call('POST', '/auth/logout', undefined, { refresh_token: next.refresh_token });
    expect(out.status).toBe(204);
    expectProblem(await issuer.call('GET', '/auth/me', next.access_token), 401, 'invalid_token');
    const again = await issuer.call('POST', '/auth/refresh', undefined, { refresh_token: next.refresh_token });
    expectProblem(again, 400, 'invalid_grant');
  });

  it.each([
    ['POST', '/auth/register', { email: 'nobody', password: PASSWORD }],
    ['POST', '/auth/register', { email: 'ann@example.com' }],
    ['POST', '/auth/register', { email: 'ann@example.com.', password: PASSWORD }],
    ['POST', '/auth/register', { email: 'an\u200bn@example.com', password: PASSWORD }],
    ['POST', '/auth/register', { email: 'ann@example.com', password: PASSWORD, roles: ['admin'] }],
    ['POST', '/auth/register', { email: 'ann@example.com', password: PASSWORD, name: 'Ann\u0007' }],
    ['POST', '/auth/register', [{ email: 'ann@example.com', password: PASSWORD }]],
    ['POST', '/auth/login', { email: 'ann@example.com' }],
    ['POST', '/auth/login', { email: 'ann\u0007@example.com', password: PASSWORD }],
    ['POST', '/auth/login', { email: ['ann@example.com'], password: PASSWORD }],
    ['POST', '/auth/login', { email: 'ann@example.com', password: 'x'.repeat(1025) }],
    ['POST', '/auth/refresh', {}],
    ['POST', '/auth/refresh', { refresh_token: 7 }],
    ['POST', '/auth/logout', { refresh_token: '' }],
  ])('refuse %s %s with %j', async (method, path, body) => {
    expectProblem(await issuer.call(method, path, undefined, body), 400, 'validation_failed');
  });

  it('take no role from who registers, wherever it is hidden', async () => {
    const email = 'proto@example.com';
    const hidden = `{"email":"${email}","password":"${PASSWORD}","__proto__":{"roles":["admin"]}}`;
    expectProblem(await issuer.call('POST', '/auth/register', undefined, hidden), 400, 'malformed_body');
    const { body } = await issuer.call('POST', '/auth/register', undefined, { email, password: PASSWORD });
    expect(body).toMatchObject({ roles: ['customer'] });
    const { access_token: token } = await issuer.logIn({ email, password: PASSWORD });
    expect(payloadOf(token)['roles']).toEqual(['customer']);
  });

  it('refuse a second account, and a password that is easy to guess', async () => {
    const { email } = await issuer.person();
    const again = await issuer.call('POST', '/auth/register', undefined, {
      email: email.toUpperCase(),
      password: PASSWORD,
    });
    expectProblem(again, 409, 'email_taken');
    const weak = await issuer.call('POST', '/auth/register', undefined, {
      email: 'new@example.com',
      password: 'password1',
    });
    expectProblem(weak, 422, 'password_rejected');
  });

  it('answer a wrong password and an unknown account alike', async () => {
    const { email } = await issuer.person();
    const answers = await Promise.all(
      [email, 'nobody@example.com'].map((address) =>
        issuer.call('POST', '/auth/login', undefined, { email: address, password: 'wrong' }),
      ),
    );
    for (const answer of answers) expectProblem(answer, 401, 'invalid_credentials');
    const [one, other] = answers.map(({ body }) => ({ ...(body as object), requestId: undefined }));
    expect(one).toEqual(other);
  });

  it('refuse guessing with 429 and Retry-After, and know a device by its cookie', async () => {
    const { email, password } = await issuer.person();
    const response = await fetch(`${issuer.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^watchword_device=[^;]+; .*Path=\/auth\/login; .*HttpOnly; SameSite=Strict/);
    for (let guess = 0; guess < 10; guess += 1) {
      await issuer.call('POST', '/auth/login', undefined, { email, password: 'wrong' });
    }
    const limited = await issuer.call('POST', '/auth/login', undefined, { email, password });
    expectProblem(limited, 429, 'too_many_attempts');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    const known = await fetch(`${issuer.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: cookie.split(';')[0] ?? '' },
      body: JSON.stringify({ email, password }),
    });
    expect(known.status).toBe(200);
  });

  it('list, end and end all sessions of a person', async () => {
    const ann = await issuer.person();
    const others = [await issuer.logIn(ann), await issuer.logIn(ann), await issuer.logIn(ann)] as const;
    const sid = (tokens: Tokens) => String(payloadOf(tokens.access_token)['sid']);
    type Page = { readonly sessions: Record<string, unknown>[]; readonly next?: string };
    const page = async (query: string) =>
      (await issuer.call('GET', `/auth/sessions${query}`, ann.access_token)).body as Page;
    const list = async () => (await page('')).sessions;
    const sessions = await list();
    expect(new Set(sessions.map(({ id }) => id))).toEqual(new Set([ann, ...others].map(sid)));
    expect(sessions.filter(({ current }) => current === true).map(({ id }) => id)).toEqual([sid(ann)]);

    const first = await page('?limit=3');
    const second = await page(`?limit=3&after=${first.next ?? ''}`);
    expect([...first.sessions, ...second.sessions]).toEqual(sessions);
    expect(second.next).toBeUndefined();
    for (const query of [
      '?limit=0',
      '?limit=201',
      '?after=x',
      '?after=1.2',
      `?after=1.${sid(ann)}.1`,
      '?after=a&after=b',
    ]) {
      const answer = await issuer.call('GET', `/auth/sessions${query}`, ann.access_token);
      expectProblem(answer, 400, 'validation_failed');
    }

    expect((await issuer.call('DELETE', `/auth/sessions/${sid(others[0])}`, ann.access_token)).status).toBe(204);
    expectProblem(await issuer.call('GET', '/auth/me', others[0].access_token), 401, 'invalid_token');
    expectProblem(await issuer.call('DELETE', `/auth/sessions/${sid(others[0])}`, ann.access_token), 404, 'not_found');

    expect((await issuer.call('DELETE', '/auth/sessions?except=current', ann.access_token)).status).toBe(204);
    expect(await list()).toHaveLength(1);
    expect((await issuer.call('DELETE', '/auth/sessions', ann.access_token)).status).toBe(204);
    expectProblem(await issuer.call('GET', '/auth/sessions', ann.access_token), 401, 'invalid_token');
  });

  it("do not let a person end somebody else's session", async () => {
    const [ann, bob] = [await issuer.person(), await issuer.person()];
    const sid = String(payloadOf(bob.access_token)['sid']);
    expectProblem(await issuer.call('DELETE', `/auth/sessions/${sid}`, ann.access_token), 404, 'not_found');
    expect((await issuer.call('GET', '/auth/me', bob.access_token)).status).toBe(200);
    expectProblem(await issuer.call('DELETE', '/auth/sessions/7', ann.access_token), 400, 'bad_request');
    expectProblem(await issuer.call('DELETE', '/auth/sessions?except=all', ann.access_token), 400, 'validation_failed');
  });

  it('change a password for who knows it, and end all sessions', async () => {
    const ann = await issuer.person();
    const change = (currentPassword: string, newPassword: string) =>
      issuer.call('POST', '/auth/password', ann.access_token, { currentPassword, newPassword });
    expectProblem(await change('wrong', OTHER_PASSWORD), 403, 'wrong_password');
    expectProblem(await change(PASSWORD, 'short'), 422, 'password_rejected');
    expectProblem(await issuer.call('POST', '/auth/password', ann.access_token, {}), 400, 'validation_failed');
    expect((await change(PASSWORD, OTHER_PASSWORD)).status).toBe(204);
    expectProblem(await issuer.call('GET', '/auth/me', ann.access_token), 401, 'invalid_token');
    await issuer.logIn({ email: ann.email, password: OTHER_PASSWORD });
  });
});
