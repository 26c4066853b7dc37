import {
  createTestDatabase,
  describeOnPostgres,
  startTestApp,
  type TestApp,
  type TestDatabase,
} from '@watchword/platform/testing';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { AppModule } from '../src/app.module.js';
import { AuthConfig } from '../src/config/index.js';
import { payloadOf } from './issuer.js';

const ADMIN = { email: 'admin@watchword.local', password: 'quartz-lantern-velvet', resource: 'auth' };

describeOnPostgres('two instances on one PostgreSQL', () => {
  let database: TestDatabase;
  let instances: readonly [TestApp, TestApp];

  beforeAll(async () => {
    database = await createTestDatabase();
    const environment = {
      DATABASE_URL: database.url,
      KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}`,
      ADMIN_PASSWORD: ADMIN.password,
      LOGIN_LIMIT_ACCOUNT: '5',
    };
    const start = () => startTestApp({ name: 'auth', module: AppModule, config: AuthConfig, environment });
    instances = await Promise.all([start(), start()]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(instances.map((app) => app.close()));
    await database.drop();
  });

  async function post(app: TestApp, path: string, body: unknown, token?: string) {
    const response = await fetch(app.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  }

  it('boot at once with one key and one administrator, and take each other’s tokens', async () => {
    const sets = await Promise.all(
      instances.map(async ({ url }) => (await fetch(`${url}/.well-known/jwks.json`)).json()),
    );
    expect(sets[0]).toEqual(sets[1]);
    expect((sets[0] as { keys: unknown[] }).keys).toHaveLength(1);
    const { body } = await post(instances[0], '/auth/login', ADMIN);
    const me = await fetch(`${instances[1].url}/auth/me`, {
      headers: { authorization: `Bearer ${body['access_token'] ?? ''}` },
    });
    expect(me.status).toBe(200);
  });

  it('give fifty parallel refreshes one and the same successor', async () => {
    const { body } = await post(instances[0], '/auth/login', ADMIN);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        post(instances[index % 2 === 0 ? 0 : 1], '/auth/refresh', { refresh_token: body['refresh_token'] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map((answer) => answer.body['refresh_token'])).size).toBe(1);
  });

  it('say nothing with a new sid that was true before the roles were changed, though the change comes in between', async () => {
    const { body } = await post(instances[0], '/auth/login', ADMIN);
    const before = payloadOf(body['access_token'] ?? '');
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('begin');
    await client.query(`insert into account_roles (account_id, role) values ($1, 'catalog-manager')`, [before['sub']]);
    await client.query('update sessions set sid = gen_random_uuid() where sid = $1', [before['sid']]);
    const refreshing = post(instances[1], '/auth/refresh', { refresh_token: body['refresh_token'] });
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await client.query(waiting)).rowCount === 0);
    await client.query('commit');
    await client.end();
    const refreshed = await refreshing;
    expect(refreshed.status).toBe(200);
    const after = payloadOf(refreshed.body['access_token'] ?? '');
    expect(after['sid']).not.toBe(before['sid']);
    expect(after['roles']).toEqual(['admin', 'catalog-manager', 'customer']);
  });

  it('count guesses together', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 8; guess += 1) {
      const { status } = await post(instances[guess % 2 === 0 ? 0 : 1], '/auth/login', {
        email: 'ann@example.com',
        password: 'wrong',
      });
      statuses.push(status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  });

  it('keep nothing secret in the database in clear', async () => {
    const { body } = await post(instances[0], '/auth/login', ADMIN);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const tables = await client.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    const dump: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from "${name}" t`);
      dump.push(...rows.map(({ row }) => row));
    }
    await client.end();
    const text = dump.join('\n');
    const refreshToken = body['refresh_token'] ?? '';
    expect(text).toContain('$argon2id$');
    expect(text).not.toContain(ADMIN.password);
    expect(text).not.toContain(refreshToken);
    expect(text).not.toContain(Buffer.from(refreshToken, 'base64url').subarray(16, 48).toString('hex'));
    expect(text).not.toContain(body['access_token']);
    expect(text).not.toMatch(/"d": ?"/);
    // A PKCS #8 key, as it would begin in hexadecimal.
    expect(text).not.toMatch(/\\x3081|\\x302e/);
  });
});

describe('shared-secret mode', () => {
  const secrets = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')] as const;
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp({
      name: 'auth',
      module: AppModule,
      config: AuthConfig,
      environment: {
        ADMIN_PASSWORD: ADMIN.password,
        JWT_SIGNING: 'shared-secret',
        JWT_SHARED_SECRETS: secrets.join(','),
      },
    });
  }, 60_000);
  afterAll(() => app.close());

  it('signs HS256, publishes no key, and has none to operate', async () => {
    const answer = await fetch(`${app.url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ADMIN),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as unknown;
    expect(header).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    const jwks = await (await fetch(`${app.url}/.well-known/jwks.json`)).text();
    expect(jwks).toBe('{"keys":[]}');
    const rotate = await fetch(`${app.url}/admin/keys/rotate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(rotate.status).toBe(409);
    expect(await rotate.json()).toMatchObject({ code: 'shared_secret_mode' });
  });
});
