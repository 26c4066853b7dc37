import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ports } from '../scripts/system/apps.mjs';
import { freePort, portTaken } from '../scripts/system/free-port.mjs';
import { request } from './harness/http.js';
import { randomCredentials } from './harness/people.js';

const root = join(import.meta.dirname, '..');

interface Run {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

/** Runs a script of ours in another folder, so that configuration and data are that folder's. */
function run(script: string, cwd: string, env: Record<string, string> = {}): Run {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(root, script)], { cwd, env: { PATH, HOME, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return {
    process: child,
    output: () => output,
    exit: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
}

/** Resolves when the output matches; fails when the process ends without. */
function printed({ process: child, output, exit }: Run, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const match = pattern.exec(output());
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', look);
    void exit.then(() => reject(new Error(`it ended without ${String(pattern)}:\n${output()}`)));
    look();
  });
}

/** What `npm start` prints for a shell: a login that keeps the token, an order with it, and the same for the issuer. */
function linesToPaste(output: string): string {
  const commands = [/^ {2}TOKEN=.*$/m, /^ {2}curl .*\\\n.*$/m, /^ {2}AUTH_TOKEN=.*\n {2}curl .*$/m];
  return commands.map((lines) => lines.exec(output)?.[0] ?? '').join('\n');
}

function runInShell(lines: string): Promise<{ code: number | null; output: string }> {
  const shell = spawn('sh', ['-c', lines], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => shell.once('close', (code) => resolve({ code, output })));
}

describe('npm start', () => {
  const account = randomCredentials();
  let folder: string;
  let ports: Ports;

  const login = (credentials: object) =>
    request('POST', `http://127.0.0.1:${ports.auth}/auth/login`, { body: credentials });
  const stillTaken = async (): Promise<number[]> => {
    const taken = await Promise.all(Object.values(ports).map(async (port) => ((await portTaken(port)) ? [port] : [])));
    return taken.flat();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchword-start-'));
    const [auth, catalog, orders, inventory, tcp] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    ports = { auth, catalog, orders, inventory, tcp };
    for (const app of ['auth', 'catalog', 'orders', 'inventory'] as const) {
      const lines = [`PORT=${ports[app]}`, ...(app === 'inventory' ? [`TCP_PORT=${tcp}`] : [])];
      await writeFile(join(folder, `.env.${app}`), `${lines.join('\n')}\n`);
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs everything, says how to log in, satisfies the demo, and stops all at Ctrl-C', async () => {
    const started = run('scripts/start.mjs', folder);
    await printed(started, /Ctrl-C stops everything/);
    const [, email, password] = await printed(started, /email +(\S+)\n +password +(\S+)/);
    expect((await login({ email, password })).status).toBe(200);
    const registered = await request('POST', `http://127.0.0.1:${ports.auth}/auth/register`, { body: account });
    expect(registered.status).toBe(201);

    const demo = run('scripts/demo.mjs', folder);
    expect({ code: await demo.exit, output: demo.output() }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/Watchword runs at [^]*Every step was as it should be/) as string,
    });

    const { code, output } = await runInShell(linesToPaste(started.output()));
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/"status":"confirmed"[^]*"accounts":\[/) as string,
    });

    started.process.kill('SIGINT');
    expect(await started.exit).toBe(0);
    expect(await stillTaken()).toEqual([]);
  }, 180_000);

  it('finds the data again, shows no password twice, and stops all when one app dies, naming it', async () => {
    const started = run('scripts/start.mjs', folder);
    await printed(started, /Ctrl-C stops everything/);
    expect((await login(account)).status).toBe(200);
    expect(started.output()).not.toMatch(/password +\S{12}/);

    const [, pid] = await printed(started, /\[orders\].*pid=(\d+)/);
    process.kill(Number(pid), 'SIGKILL');
    expect(await started.exit).toBe(1);
    expect(started.output()).toMatch(/orders ended by itself \(SIGKILL\)/);
    expect(await stillTaken()).toEqual([]);
  }, 180_000);

  it('ends at once at a second Ctrl-C, also an app that answers nothing any more', async () => {
    const started = run('scripts/start.mjs', folder);
    await printed(started, /Ctrl-C stops everything/);
    const [, pid] = await printed(started, /\[orders\].*pid=(\d+)/);
    process.kill(Number(pid), 'SIGSTOP');
    // More often than needed: npm passes one Ctrl-C on twice, and that must not count as two.
    const impatient = setInterval(() => started.process.kill('SIGINT'), 100);
    // With 0, or without a code by a signal that came when Node had taken its handlers down already. Never with a failure.
    expect([0, null]).toContain(await started.exit);
    clearInterval(impatient);
    expect(await stillTaken()).toEqual([]);
  }, 60_000);

  it('says which port is taken and by whom it is needed', async () => {
    const squatter = createServer().listen(ports.catalog, '127.0.0.1');
    const started = run('scripts/start.mjs', folder);
    expect(await started.exit).toBe(1);
    expect(started.output()).toContain(`Port ${ports.catalog} is taken, and catalog needs it.`);
    expect(started.output()).toContain('set PORT in .env.catalog.');
    squatter.close();
  });

  it('names each port that is none, or another app’s too, and starts nothing', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'watchword-start-ports-'));
    await writeFile(join(elsewhere, '.env.auth'), 'PORT=99999\n');
    await writeFile(join(elsewhere, '.env.orders'), 'PORT=3001\n');
    const started = run('scripts/start.mjs', elsewhere);
    expect(await started.exit).toBe(1);
    expect(started.output().trim().split('\n')).toEqual([
      'Watchword cannot start: PORT in .env.auth is "99999": it must be a port, 1 to 65535.',
      'PORT in .env.catalog and PORT in .env.orders are both 3001.',
    ]);
    expect((await readdir(elsewhere)).sort()).toEqual(['.env.auth', '.env.orders']);
    await rm(elsewhere, { recursive: true, force: true });
  });

  it('refuses at once a data directory that cannot be made, below /proc', async () => {
    const started = run('scripts/start.mjs', folder, { DATA_DIR: '/proc/watchword/data' });
    expect(await started.exit).toBe(1);
    expect(started.output()).toMatch(
      /Watchword cannot start: ENOENT: .*\nIt writes .*\/proc\/watchword.* set DATA_DIR/,
    );
  });

  it('says in a line where it cannot write', async () => {
    const file = join(folder, '.env.auth');
    const started = run('scripts/start.mjs', folder, { DATA_DIR: join(file, 'data') });
    expect(await started.exit).toBe(1);
    expect(started.output()).toMatch(/Watchword cannot start: .*\.env\.auth/);
    expect(started.output()).not.toMatch(/^ +at /m);
  });
});

describe('a build', () => {
  const build = async (script: string): Promise<{ outcome: string; said: string }> => {
    const folder = await mkdtemp(join(tmpdir(), 'watchword-build-'));
    const module = join(root, 'scripts/system/run-build.mjs');
    const program = `
      import { runBuild } from ${JSON.stringify(module)};
      console.log(await runBuild('sh', ['-c', ${JSON.stringify(script)}, 'build', process.cwd()], 'inherit'));`;
    await writeFile(join(folder, 'program.mjs'), program);
    const child = spawn(process.execPath, ['program.mjs'], { cwd: folder });
    let [outcome, said] = ['', ''];
    child.stdout.on('data', (chunk) => (outcome += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    await new Promise((resolve) => child.once('close', resolve));
    await rm(folder, { recursive: true, force: true });
    return { outcome: outcome.trim(), said: said.trim() };
  };
  const once = 'test -e "$1/again" && exit 0; touch "$1/again"; ';

  it('that a crash ended is run once more, and that is said', async () => {
    const said = 'The build was ended by SIGABRT; it is run once more.';
    expect(await build(`${once} kill -ABRT $$`)).toEqual({ outcome: '0', said });
    expect(await build('kill -ABRT $$')).toEqual({ outcome: 'SIGABRT', said });
  });

  it('that failed, or that somebody stopped, is not run again', async () => {
    expect(await build(`${once} exit 3`)).toEqual({ outcome: '3', said: '' });
    expect(await build(`${once} kill -TERM $$`)).toEqual({ outcome: 'SIGTERM', said: '' });
  });
});

describe('npm run demo', () => {
  it('shows the shared-secret mode on a system of its own, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'watchword-demo-cwd-'));
    const unused = 'http://127.0.0.1:1';
    const demo = run('scripts/demo.mjs', folder, { JWT_SIGNING: 'shared-secret', AUTH_URL: unused, TMPDIR: folder });
    expect({ code: await demo.exit, output: demo.output() }).toMatchObject({
      code: 0,
      output: expect.stringMatching(/alg +HS256[^]*Every step was as it should be/) as string,
    });
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  }, 180_000);
});
