import {
  createTestDatabase,
  DatabaseProxy,
  describeOnPostgres,
  startTestApp,
  type TestApp,
  type TestDatabase,
} from '@watchword/platform/testing';
import { randomBytes } from 'node:crypto';
import { AppModule } from '../src/app.module.js';
import { AuthConfig } from '../src/config/index.js';

const ADMIN = { email: 'admin@watchword.local', password: 'quartz-lantern-velvet', resource: 'auth' };

describeOnPostgres('while the database is away', () => {
  let database: TestDatabase;
  let app: TestApp | undefined;
  let proxy: DatabaseProxy | undefined;
  let token: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await DatabaseProxy.open(database.url);
    app = await startTestApp({
      name: 'auth',
      module: AppModule,
      config: AuthConfig,
      environment: {
        DATABASE_URL: proxy.url,
        KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
        ADMIN_PASSWORD: ADMIN.password,
      },
    });
    const answer = await post('/auth/login', ADMIN);
    token = ((await answer.json()) as { access_token: string }).access_token;
    proxy.cut();
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await proxy?.close();
    await database.drop();
  });

  const url = (path: string) => `${app?.url ?? ''}${path}`;
  const post = (path: string, body: unknown) =>
    fetch(url(path), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('publishes the keys from memory', async () => {
    const answer = await fetch(url('/.well-known/jwks.json'));
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { keys: unknown[] }).keys).toHaveLength(1);
  });

  it('answers 503 and not that somebody is not let in', async () => {
    const me = fetch(url('/auth/me'), { headers: { authorization: `Bearer ${token}` } });
    const answers = await Promise.all([
      post('/auth/login', ADMIN),
      post('/auth/refresh', { refresh_token: 'A'.repeat(86) }),
      post('/auth/logout', { refresh_token: 'A'.repeat(86) }),
      me,
    ]);
    for (const answer of answers) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await answer.json()).toMatchObject({ code: 'temporarily_unavailable' });
    }
  });

  it.each(['/oauth/token', '/oauth/introspect', '/oauth/revoke'])(
    'answers 503 at %s as OAuth does, and not that a client is not let in',
    async (path) => {
      const answer = await fetch(url(path), {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from('orders:secret').toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', token: 'x' }),
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
    },
  );

  it('is alive and not ready', async () => {
    expect((await fetch(url('/health/live'))).status).toBe(200);
    expect((await fetch(url('/health/ready'))).status).toBe(503);
  });
});
