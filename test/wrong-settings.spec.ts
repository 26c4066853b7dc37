import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppProcess } from '../scripts/system/app-process.mjs';
import type { AppName } from '../scripts/system/apps.mjs';

type Env = Readonly<Record<string, string>>;

const key = (): string => randomBytes(32).toString('base64url');

describe('an app with a wrong setting ends with 1 and says why, in one message and nothing else', () => {
  let folder: string;
  const squatter = createServer();
  const started: AppProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchword-wrong-'));
    await writeFile(join(folder, 'a-file'), '');
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => Promise.all(started.splice(0).map((app) => app.stop('SIGKILL'))));

  afterAll(async () => {
    squatter.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (name: AppName, env: Env): AppProcess => {
    const { PATH = '' } = process.env;
    const isolated = { PATH, HOME: folder, PORT: '0', TCP_PORT: '0', LOG_FORMAT: 'json', LOG_LEVEL: 'warn' };
    const app = new AppProcess({ name, cwd: folder, env: { ...isolated, DATA_DIR: join(folder, 'data'), ...env } });
    started.push(app);
    return app;
  };

  /** What it printed before it ended. */
  async function refusal(name: AppName, env: Env): Promise<string> {
    const app = start(name, env);
    expect(await app.exited).toEqual({ code: 1, signal: null });
    return app.lines.join('\n');
  }

  const takenPort = (): string => String((squatter.address() as AddressInfo).port);

  it('several at once', async () => {
    const env = { PORT: 'abc', JWT_SIGNING: 'assymetric', LOG_LEVEL: 'info', AUTH_ISSUER: '127.0.0.1:3000' };
    expect(await refusal('orders', { ...env, CLIENT_ID: 'orders' })).toBe(
      [
        'orders cannot start: 5 faults in its configuration',
        '  - PORT must be an integer number (it is "abc")',
        '  - LOG_LEVEL must be one of the following values: fatal, error, warn, log, debug, verbose (it is "info")',
        '  - AUTH_ISSUER must be an http or https URL (it is "127.0.0.1:3000")',
        '  - JWT_SIGNING must be one of the following values: asymmetric, shared-secret (it is "assymetric")',
        '  - CLIENT_SECRET must be set when CLIENT_ID is (it is not set)',
      ].join('\n'),
    );
  });

  it('what production must not leave to a default', async () => {
    expect(await refusal('auth', { NODE_ENV: 'production', JWT_SIGNING: 'shared-secret' })).toMatch(
      /^auth cannot start: 3 faults in its configuration\n {2}- AUTH_ISSUER must be set .*\n {2}- KEY_ENCRYPTION_KEYS must be set .*\n {2}- JWT_SHARED_SECRETS must be one or two .* \(it is not set\)$/,
    );
  });

  it('password hashes that would fill the thread pool', async () => {
    expect(await refusal('auth', { UV_THREADPOOL_SIZE: '2', PASSWORD_HASH_CONCURRENCY: '2' })).toBe(
      'auth cannot start: 2 concurrent password hashes would use all 2 threads of the pool, and everything else would wait for them. ' +
        'Start the process with UV_THREADPOOL_SIZE=6 or more in its environment (not in .env), or set PASSWORD_HASH_CONCURRENCY to 1 or less',
    );
  });

  it('a port that is taken, for HTTP and for TCP', async () => {
    const message = `another process already listens on 127.0.0.1:${takenPort()}; stop it or set another port`;
    const refusals = await Promise.all([
      refusal('inventory', { PORT: takenPort(), DATA_DIR: join(folder, 'http') }),
      refusal('inventory', { TCP_PORT: takenPort(), DATA_DIR: join(folder, 'tcp') }),
    ]);
    expect(new Set(refusals)).toEqual(new Set([`inventory cannot start: ${message}`]));
  }, 60_000);

  it("an address that is not this machine's, for HTTP and for TCP", async () => {
    const message = '192.0.2.1 is not an address of this machine; correct the host to listen on';
    const refusals = await Promise.all([
      refusal('inventory', { HOST: '192.0.2.1', DATA_DIR: join(folder, 'http') }),
      refusal('inventory', { TCP_HOST: '192.0.2.1', DATA_DIR: join(folder, 'tcp') }),
    ]);
    expect(new Set(refusals)).toEqual(new Set([`inventory cannot start: ${message}`]));
  }, 60_000);

  it('a data directory that cannot be used, or that another process uses', async () => {
    const file = join(folder, 'a-file');
    expect(await refusal('catalog', { DATA_DIR: file })).toMatch(
      /^catalog cannot start: The data directory .*a-file cannot be used \(EEXIST: .*\)\. Set DATA_DIR .*$/,
    );
    const first = start('catalog', { LOG_LEVEL: 'log' });
    await first.listening();
    expect(await refusal('catalog', {})).toMatch(
      new RegExp(`^catalog cannot start: Another process \\(pid ${first.pid}\\) has the database in .* open\\. .*$`),
    );
  }, 60_000);

  it.each(['auth', 'catalog'] as const)('a data directory where none can be made, below /proc: %s', async (name) => {
    expect(await refusal(name, { DATA_DIR: '/proc/watchword/data' })).toMatch(
      new RegExp(`^${name} cannot start: The .*/proc/watchword/\\S+ cannot be .*\\(E\\w+: .*\\)\\. .*DATA_DIR.*$`),
    );
  });

  it('a file of the key-encryption key that is spoiled', async () => {
    const DATA_DIR = join(folder, 'spoiled');
    const file = join(DATA_DIR, 'auth-key-encryption-key');
    await mkdir(DATA_DIR);
    await writeFile(file, 'half of a k');
    expect(await refusal('auth', { DATA_DIR, ADMIN_PASSWORD: key() })).toMatch(
      /^auth cannot start: The file \S+spoiled\/auth-key-encryption-key holds no key-encryption key \(.*\)\. Restore it .*$/,
    );
    expect(await readFile(file, 'utf8')).toBe('half of a k');
  }, 60_000);

  it('a database server that refuses', async () => {
    const url = (rest: string): Env => ({ DATABASE_URL: `postgres://u:hunter2@${rest}` });
    expect(await refusal('catalog', url('127.0.0.1:port/db'))).toBe(
      'catalog cannot start: The server of DATABASE_URL cannot be used: Invalid URL',
    );
    expect(await refusal('catalog', { DATABASE_URL: 'mysql://u:hunter2@db/x' })).toMatch(
      /^catalog .*\n {2}- DATABASE_URL must be a URL that begins with postgres:\/\/ \(its value is not shown\)$/,
    );
  });

  it('nothing more, when it is told to stop while it waits for its database', async () => {
    const DATABASE_URL = 'postgres://u:hunter2@127.0.0.1:1/db';
    const app = start('catalog', { DATABASE_URL });
    await app.line((line) => line.includes('PostgreSQL does not answer yet'), 30_000);
    expect(await app.stop()).toEqual({ code: 143, signal: null });
    expect(app.lines).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it("a first administrator's password that would be guessed; a better one mends it", async () => {
    const weak = await refusal('auth', { ADMIN_PASSWORD: 'password123' });
    expect(weak).toMatch(
      /^auth cannot start: There is no administrator yet, .* with ADMIN_EMAIL and ADMIN_PASSWORD\. .*$/,
    );
    expect(weak).not.toContain('password123');

    const ADMIN_PASSWORD = key();
    const auth = start('auth', { ADMIN_PASSWORD, LOG_LEVEL: 'log' });
    await auth.listening();
    expect(auth.lines.join('\n')).not.toContain(ADMIN_PASSWORD);
    const ready = auth.lines.find((line) => line.includes('"ready"')) ?? '';
    const { url } = JSON.parse(ready) as { url: string };
    const login = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@watchword.local', password: ADMIN_PASSWORD }),
    });
    expect(login.status).toBe(200);
  }, 60_000);

  it("nothing of production's: the first administrator's random password is in a file for its owner alone", async () => {
    const DATA_DIR = join(folder, 'production');
    const env = {
      NODE_ENV: 'production',
      AUTH_ISSUER: 'http://127.0.0.1:3000',
      KEY_ENCRYPTION_KEYS: `1:${key()}`,
      LOG_LEVEL: 'log',
      // As long as it can be demanded: the random one is no shorter.
      PASSWORD_MIN_LENGTH: '64',
      DATA_DIR,
    };
    const auth = start('auth', env);
    await auth.listening();
    const file = join(DATA_DIR, 'first-administrator-password');
    const password = (await readFile(file, 'utf8')).trim();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(password.length).toBeGreaterThanOrEqual(64);
    expect(auth.lines.join('\n')).toContain(file);
    expect(auth.lines.join('\n')).not.toContain(password);
    const { url } = JSON.parse(auth.lines.find((line) => line.includes('"ready"')) ?? '') as { url: string };
    const login = await fetch(`${url}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@watchword.local', password }),
    });
    expect(login.status).toBe(200);
  }, 60_000);

  it('a key-encryption key that is not the one which the keys were stored with', async () => {
    const data = { DATA_DIR: join(folder, 'keys'), ADMIN_PASSWORD: key() };
    const first = start('auth', { ...data, KEY_ENCRYPTION_KEYS: `1:${key()}`, LOG_LEVEL: 'log' });
    await first.listening();
    await first.stop();
    expect(await refusal('auth', { ...data, KEY_ENCRYPTION_KEYS: `1:${key()}` })).toMatch(
      /^auth cannot start: Signing key \S+ cannot be decrypted: version 1 of KEY_ENCRYPTION_KEYS is not the secret .*$/,
    );
    expect(await refusal('auth', { ...data, KEY_ENCRYPTION_KEYS: `2:${key()}` })).toMatch(
      /^auth cannot start: A signing key is encrypted with version 1 .*; add it after the current one$/,
    );
  }, 60_000);
});
