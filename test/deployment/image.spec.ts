import { execFile, type ExecFileException, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { APPS, type AppName, environmentFor, type Ports } from '../../scripts/system/apps.mjs';
import { freePort } from '../../scripts/system/free-port.mjs';
import { root } from './compose-file.js';
import { readIgnored, readStages, type Stage, textsOf } from './dockerfile.js';

/** The user `node` of the image; only root can become another one. */
const IMAGE_USER = process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : undefined;
/** Ends a test that hangs. How fast the machine is decides nothing: four first starts, each of which makes a database, take minutes under load. */
const HANG_MS = 20 * 60_000;
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENOTCACHED|ENETUNREACH|npm: not found/;

const { NODE_OPTIONS: _, ...environment } = process.env;
const folder = await mkdtemp(join(tmpdir(), 'watchword-image-'));
await chmod(folder, 0o755);
const [manifests, build, dependencies, image] = (await readStages()) as [Stage, Stage, Stage, Stage];
const failure = await installDependencies();

/** Runs a command of the Dockerfile; rejects with what it printed. */
function run(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-ec', command], { cwd, env: { ...environment, ...env } }, (error, stdout, stderr) =>
      error === null ? resolve() : reject(new Error(`${command}:\n${stdout}\n${stderr}`)),
    );
  });
}

/** Brings what the COPY instructions of the stages name, as far as `.dockerignore` lets it pass. */
async function copySources(stages: readonly Stage[], target: string): Promise<void> {
  const { allowed, ignores } = await readIgnored();
  await mkdir(target);
  for (const text of stages.flatMap((stage) => textsOf(stage, 'COPY'))) {
    const [to = '', ...from] = text.split(' ').toReversed();
    for (const source of from) {
      if (!allowed.some((name) => `${source}/`.startsWith(`${name}/`)))
        throw new Error(`.dockerignore keeps ${source} out of the build`);
      const path = join(target, to === './' ? source : to);
      await cp(join(root, source), path, { recursive: true, filter: (file) => !ignores(basename(file)) });
    }
  }
}

/** What the stage `dependencies` does for an app. @returns why it could not, where that is the network's fault */
async function installDependencies(): Promise<string | undefined> {
  const install = textsOf(dependencies, 'RUN').join(' && ');
  try {
    for (const app of APPS) {
      const place = join(folder, `dependencies-${app}`);
      await copySources([manifests, dependencies], place);
      await run(`${install} --prefer-offline`, place, { APP: app });
    }
    return undefined;
  } catch (error) {
    const { message } = error as ExecFileException;
    const reason = NO_NETWORK.exec(message)?.[0];
    if (reason === undefined) throw error;
    await rm(folder, { recursive: true, force: true });
    return reason;
  }
}

const title = 'the image of each app, made by the steps of the Dockerfile';
const describeImage = failure === undefined ? describe : describe.skip;

describeImage(failure === undefined ? title : `${title} (skipped: npm ci could not fetch: ${failure})`, () => {
  let ports: Ports;
  const running: Awaited<ReturnType<typeof start>>[] = [];

  beforeAll(async () => {
    const source = join(folder, 'build');
    await copySources([manifests, build], source);
    // The stage installs the development's packages too. They are here already.
    await symlink(join(root, 'node_modules'), join(source, 'node_modules'));
    const command = textsOf(build, 'RUN').at(-1) ?? '';
    for (const app of APPS) await run(command, source, { APP: app });
    const free = await Promise.all(APPS.concat('auth').map(() => freePort()));
    const [auth = 0, catalog = 0, orders = 0, inventory = 0, tcp = 0] = free;
    ports = { auth, catalog, orders, inventory, tcp };
  }, HANG_MS);

  afterAll(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ exit }) => exit));
    await rm(folder, { recursive: true, force: true });
  });

  /** The last stage: its files at their places, its environment, its user, its command. */
  async function start(app: AppName) {
    const home = join(folder, app);
    const data = join(folder, `${app}-data`);
    await mkdir(home);
    await mkdir(data);
    if (IMAGE_USER !== undefined) await chown(data, IMAGE_USER.uid, IMAGE_USER.gid);
    for (const text of textsOf(image, 'COPY')) {
      const [, stage, from = '', to = ''] =
        /^(?:--from=(\w+) )?(\S+) (\S+)$/.exec(text.replaceAll('${APP}', app)) ?? [];
      const place = stage === 'dependencies' ? `dependencies-${app}` : stage;
      const source = place === undefined ? join(root, from) : join(folder, place, from.replace(/^\/src\//, ''));
      const target = join(home, to === './' ? from : to);
      if (basename(source) === 'node_modules') await symlink(source, target);
      else await cp(source, target, { recursive: true });
    }
    const fixed = Object.fromEntries(
      textsOf(image, 'ENV').flatMap((text) => text.split(' ').map((pair) => pair.split('=') as [string, string])),
    );
    const env = {
      ...fixed,
      ...environmentFor(ports)[app],
      ...(app === 'auth' && { KEY_ENCRYPTION_KEYS: `1:${randomBytes(32).toString('base64url')}` }),
      PATH: `${dirname(process.execPath)}:${environment.PATH ?? ''}`,
      HOST: '127.0.0.1',
      DATA_DIR: data,
    };
    const [command = '', ...args] = JSON.parse(textsOf(image, 'CMD')[0] ?? '[]') as string[];
    const child = spawn(command, args, { ...IMAGE_USER, cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, env, exit, output: () => output };
  }

  /** What Docker makes of the image's health check. */
  async function healthy(env: NodeJS.ProcessEnv): Promise<boolean> {
    const [, check = '[]'] = /CMD (\[.*\])$/.exec(textsOf(image, 'HEALTHCHECK')[0] ?? '') ?? [];
    const [, ...args] = JSON.parse(check) as string[];
    const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
    return new Promise((resolve) => child.once('close', (code) => resolve(code === 0)));
  }

  /** Waits for a condition for as long as the app runs. */
  async function untilTrue(app: Awaited<ReturnType<typeof start>>, condition: () => Promise<boolean>): Promise<void> {
    let ended = false;
    void app.exit.then(() => (ended = true));
    while (!(await condition())) {
      if (ended) throw new Error(`it ended before that:\n${app.output()}`);
      await delay(100);
    }
  }

  it(
    'starts as another user in production, becomes ready and healthy, and ends at SIGTERM',
    async () => {
      // One after another, the issuer first: so each has what the machine can give while it makes its database.
      for (const name of APPS.toReversed()) {
        const app = await start(name);
        running.push(app);
        await untilTrue(app, () => ready(app.env));
        await untilTrue(app, () => healthy(app.env));
      }
      for (const { child } of running) child.kill('SIGTERM');
      expect(await Promise.all(running.map(({ exit }) => exit))).toEqual([0, 0, 0, 0]);
      expect(running.map(({ output }) => output()).join('\n')).not.toMatch(/"level":"(error|fatal)"/);
      expect(await healthy(running[0]?.env ?? {})).toBe(false);
    },
    HANG_MS,
  );

  it("has the command that makes an administrator anew, and in the issuer's image alone", async () => {
    const command = (app: AppName) => run('node dist/recover.js', join(folder, app));
    await expect(command('auth')).rejects.toThrow('recover cannot start: Give it one email address');
    await expect(command('orders')).rejects.toThrow('Cannot find module');
  });

  it.each(APPS)('of %s has nothing in it that only builds and tests need', async (app) => {
    const installed = await readdir(join(folder, `dependencies-${app}`, 'node_modules'));
    expect(
      installed.filter((name) => ['jest', '@jest', '@rspack', '@swc', 'oxlint', 'prettier'].includes(name)),
    ).toEqual([]);
  });

  it.each(APPS)('of %s hashes passwords only where somebody logs in', async (app) => {
    const installed = await readdir(join(folder, `dependencies-${app}`, 'node_modules'));
    expect(installed.some((name) => ['@node-rs', '@zxcvbn-ts'].includes(name))).toBe(app === 'auth');
  });
});

const ready = (env: NodeJS.ProcessEnv): Promise<boolean> =>
  fetch(`http://127.0.0.1:${env['PORT'] ?? ''}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
