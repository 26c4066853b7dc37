import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnPostgres } from '@watchword/platform/testing';
import { type Answer, type Problem, request } from './harness/http.js';
import { ADMINISTRATOR, TestSystem, type TestSystemOptions } from './harness/test-system.js';

const COMMAND = join(import.meta.dirname, '../dist/apps/auth/recover.js');
const FILE = 'recovered-administrator-password';

interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** The issuer alone, and the command beside it, in its environment. */
async function startIssuer(database: TestSystemOptions['database'] = 'embedded') {
  const system = await TestSystem.prepare({ database });
  const file = join(system.folder, 'data', FILE);
  const start = async () => {
    system.apps.start('auth');
    await system.apps.ready(90_000, ['auth']);
  };
  const logIn = (email: string, password: string): Promise<Answer<Problem & { access_token: string }>> =>
    request('POST', `${system.url('auth')}/auth/login`, { body: { email, password, resource: 'auth' } });
  const accountsFor = (token: string) => request('GET', `${system.url('auth')}/admin/accounts`, { token });
  const recover = (args: string[], env = system.apps.environmentOf('auth')): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(process.execPath, [COMMAND, ...args], { cwd: system.folder, env }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}`.trimEnd() }),
      );
    });
  return { system, file, start, logIn, accountsFor, recover };
}

type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** Asserts that it worked, and gives what the file holds. */
async function passwordOf({ file }: Issuer, { code, output }: Outcome): Promise<string> {
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output.split('\n')).toHaveLength(1);
  expect(output).toContain(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const password = (await readFile(file, 'utf8')).trim();
  expect(password).toMatch(/^[\w-]{24}$/);
  expect(output).not.toContain(password);
  return password;
}

describe('recover.js, on the embedded database', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
    await issuer.start();
  }, 120_000);
  afterAll(() => issuer.system.close());

  it('refuses while the app runs, and changes nothing', async () => {
    const { pid } = issuer.system.apps.app('auth');
    const refused = await issuer.recover([ADMINISTRATOR.email]);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      new RegExp(
        `^recover cannot start: Another process \\(pid ${String(pid)}\\) has the database in .* open\\. Stop it .*$`,
      ),
    );
    expect(await readdir(join(issuer.system.folder, 'data'))).not.toContain(FILE);
    expect((await issuer.logIn(ADMINISTRATOR.email, ADMINISTRATOR.password)).status).toBe(200);
  }, 60_000);

  it('gives the account another password and ends its sessions, and a new address an account', async () => {
    const before = await issuer.logIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    await issuer.system.apps.stop();
    const password = await passwordOf(issuer, await issuer.recover([ADMINISTRATOR.email]));
    // Refused, it leaves what is there.
    await rm(issuer.file);
    await mkdir(issuer.file);
    const refused = await issuer.recover(['second@example.com']);
    expect(refused).toEqual({ code: 1, output: expect.stringContaining(issuer.file) as string });
    await rm(issuer.file, { recursive: true });
    const second = await passwordOf(issuer, await issuer.recover(['second@example.com']));

    await issuer.start();
    expect((await issuer.accountsFor(before.body.access_token)).status).toBe(401);
    expect((await issuer.logIn(ADMINISTRATOR.email, ADMINISTRATOR.password)).status).toBe(401);
    for (const [email, its] of [
      [ADMINISTRATOR.email, password],
      ['second@example.com', second],
    ] as const) {
      const { status, body } = await issuer.logIn(email, its);
      expect(status).toBe(200);
      expect((await issuer.accountsFor(body.access_token)).status).toBe(200);
    }
    expect(issuer.system.apps.app('auth').lines.join('\n')).not.toContain(password);
  }, 120_000);

  it.each([
    [[], 'one email address'],
    [['ada'], 'one email address'],
    [['ada@example.com', 'hunter2'], 'one email address'],
  ])('says how it is called when it is called with %j', async (args, words) => {
    const { code, output } = await issuer.recover(args);
    expect(code).toBe(1);
    expect(output).toMatch(/^recover cannot start: .*$/);
    expect(output).toContain(words);
    expect(output).not.toContain('hunter2');
  });

  it('makes no database where there is none, but says where to run it', async () => {
    const elsewhere = join(issuer.system.folder, 'elsewhere');
    const env = { ...issuer.system.apps.environmentOf('auth'), DATA_DIR: elsewhere };
    const { code, output } = await issuer.recover([ADMINISTRATOR.email], env);
    expect(code).toBe(1);
    expect(output).toContain(`There is no database of auth in ${elsewhere}. Run this where auth runs`);
    expect(await readdir(issuer.system.folder)).not.toContain('elsewhere');
  });
});

describeOnPostgres('recover.js, on PostgreSQL', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer('postgres');
    await issuer.start();
  }, 120_000);
  afterAll(() => issuer.system.close());

  it('works while the app runs, which refuses at once what was good before', async () => {
    const before = await issuer.logIn(ADMINISTRATOR.email, ADMINISTRATOR.password);
    expect((await issuer.accountsFor(before.body.access_token)).status).toBe(200);
    const password = await passwordOf(issuer, await issuer.recover([ADMINISTRATOR.email]));
    expect((await issuer.accountsFor(before.body.access_token)).status).toBe(401);
    expect((await issuer.logIn(ADMINISTRATOR.email, ADMINISTRATOR.password)).status).toBe(401);
    const { body } = await issuer.logIn(ADMINISTRATOR.email, password);
    expect((await issuer.accountsFor(body.access_token)).status).toBe(200);
  }, 60_000);
});
