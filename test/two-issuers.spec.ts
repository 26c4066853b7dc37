import { describeOnPostgres } from '@watchword/platform/testing';
import { request } from './harness/http.js';
import { logIn, newCustomer, register, type Session } from './harness/people.js';
import { TestSystem } from './harness/test-system.js';

describeOnPostgres('two instances of auth on one PostgreSQL', () => {
  let system: TestSystem;
  let first: string;
  let second: string;

  const refresh = (base: string, token: string, resource?: 'auth') =>
    request<Session>('POST', `${base}/auth/refresh`, { body: { refresh_token: token, resource } });
  const keyIds = async (base: string): Promise<readonly string[]> => {
    const { body } = await request<{ keys: { kid: string }[] }>('GET', `${base}/.well-known/jwks.json`);
    return body.keys.map(({ kid }) => kid).toSorted();
  };

  // Both start at once on an empty database: migrations, the first key and the first administrator are made once.
  beforeAll(async () => {
    system = await TestSystem.prepare({ database: 'postgres' });
    const { process, url } = await system.startAnother('auth');
    system.apps.startAll();
    await Promise.all([process.listening(), system.apps.ready(90_000)]);
    first = system.url('auth');
    second = url;
  }, 120_000);

  afterAll(() => system?.close(), 30_000);

  it('publish the same keys, and sign with the same', async () => {
    expect(await keyIds(second)).toEqual(await keyIds(first));
    const credentials = await register(system);
    const { body } = await request<Session>('POST', `${second}/auth/login`, { body: credentials });
    const { status } = await request('GET', `${system.url('orders')}/orders`, { token: body.access_token });
    expect(status).toBe(200);
    const kid = (token: string): unknown =>
      (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString('utf8')) as { kid: string }).kid;
    expect(kid(body.access_token)).toBe(kid((await logIn(system, credentials)).access_token));
  });

  it('go on with one another’s logins', async () => {
    const session = await newCustomer(system);
    const { status, body } = await refresh(second, session.refresh_token, 'auth');
    expect(status).toBe(200);
    const me = await request('GET', `${first}/auth/me`, { token: body.access_token });
    expect(me.status).toBe(200);
  });

  it('give one successor to a refresh token that is used fifty times at both at once', async () => {
    const session = await newCustomer(system);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => refresh(index % 2 === 0 ? first : second, session.refresh_token)),
    );
    const successes = answers.filter(({ status }) => status === 200);
    expect(new Set(successes.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  it('end a login for both', async () => {
    const session = await newCustomer(system);
    const body = { refresh_token: session.refresh_token };
    await request('POST', `${first}/auth/logout`, { token: session.access_token, body });
    expect((await refresh(second, session.refresh_token)).status).toBe(400);
  });
});
