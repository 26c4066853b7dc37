import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { userClaims, createTestIssuer, type JwksServer, type TestIssuer } from '@watchword/auth/testing';
import { freePort } from '../../scripts/system/free-port.mjs';

const root = join(import.meta.dirname, '../..');
/** Ends a test that hangs: how fast packages are fetched decides nothing. */
const HANG_MS = 15 * 60_000;
const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH/;
/** Guides with whole test files. */
const GUIDES = ['testing', 'gateways', 'from-passport-jwt', 'from-nest-keycloak-connect'];
const { NODE_OPTIONS: _, ...environment } = process.env;

const folder = await mkdtemp(join(tmpdir(), 'watchword-package-'));
/** Why no NATS server is there; undefined where one is. */
const NATS = await unreachable(4222);
const tarball = (await run(process.execPath, ['scripts/pack-auth.mjs'], root)).trim();
const nest = join(folder, 'parcels');
const failure = await makeNestApp();

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Answers what it printed; rejects with that too. */
function run(command: string, args: readonly string[], cwd: string, env = environment): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${command} ${args.join(' ')}:\n${stdout}\n${stderr}`)),
    );
  });
}

function unreachable(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(void socket.destroy()));
    socket.on('error', (error) => resolve(error.message));
  });
}

/** As a stranger does: `nest new`, then the tarball. @returns why it could not, where that is the network's fault */
async function makeNestApp(): Promise<string | undefined> {
  const cli = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  await run(
    process.execPath,
    [cli, 'new', 'parcels', '--skip-git', '--skip-install', '-p', 'npm', '--language', 'ts'],
    folder,
  );
  try {
    await install(nest, [tarball]);
    return undefined;
  } catch (error) {
    const reason = NO_NETWORK.exec((error as Error).message)?.[0];
    if (reason === undefined) throw error;
    return reason;
  }
}

function install(project: string, args: readonly string[]): Promise<string> {
  return run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...args], project);
}

/** The code blocks of a page, each by the name of the file that it says it is, or else by its number. */
async function codeBlocks(page: string): Promise<Map<string, string>> {
  const text = await readFile(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n(?:\/\/ (\S+\.ts)\n)?([\s\S]*?)^```/gm)];
  return new Map(blocks.map(([, file, code = ''], index) => [file ?? String(index), code]));
}

/** A project with nothing in it but the package, and not what Nest needs. */
async function bareProject(name: string, type: 'module' | 'commonjs'): Promise<string> {
  const project = join(folder, name);
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ name, version: '1.0.0', type }));
  await install(project, ['--legacy-peer-deps', tarball]);
  return project;
}

const title = '@watchword/auth, installed from its tarball in projects outside of this repository';
const describeOutside = failure === undefined ? describe : describe.skip;

describeOutside(failure === undefined ? title : `${title} (skipped: npm could not fetch: ${failure})`, () => {
  let issuer: TestIssuer;
  let server: JwksServer;
  let blocks: Map<string, string>;
  beforeAll(async () => {
    issuer = await createTestIssuer({ issuer: 'https://auth.example' });
    server = await issuer.serve();
    blocks = await codeBlocks('libs/auth/README.md');
  });
  afterAll(() => server.close());

  const here = (code: string) => code.replace('https://auth.example/.well-known/jwks.json', server.jwksUri);

  it(
    "protects a controller of a new Nest application by the README's lines",
    async () => {
      await writeFile(join(nest, 'src/app.module.ts'), here(blocks.get('src/app.module.ts') ?? ''));
      await rm(join(nest, 'src/app.controller.spec.ts'));
      await run('npm', ['run', 'build'], nest);
      const port = await freePort();
      const app = spawn(process.execPath, ['dist/main.js'], { cwd: nest, env: { ...environment, PORT: String(port) } });
      let output = '';
      let ended = false;
      for (const stream of [app.stdout, app.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      app.once('close', () => (ended = true));
      const get = async (token?: string): Promise<Response | undefined> =>
        fetch(`http://127.0.0.1:${port}/parcels`, {
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        }).catch(() => undefined);
      try {
        const mint = (roles: string[]) => issuer.mint(userClaims({ subject: 'ada', audience: 'parcels', roles }));
        let answer: Response | undefined;
        // 503 while it has no keys yet.
        while (answer?.status !== 200) {
          if (ended) throw new Error(output);
          await delay(50);
          answer = await get(await mint(['customer']));
        }
        expect(await answer.json()).toEqual({ owner: 'ada' });
        expect((await get())?.status).toBe(401);
        expect((await get(await mint(['clerk'])))?.status).toBe(403);
      } finally {
        app.kill();
      }
    },
    HANG_MS,
  );

  it(
    'prints what its handlers require, and starts nothing for it',
    async () => {
      const table = await run('npx', ['watchword', 'routes', 'dist/app.module.js'], nest);
      expect(table).toMatch(
        /^http +GET \/parcels +role customer +@Roles\(customer\) on ParcelsController\.mine +ParcelsController\.mine$/m,
      );
      const json = await run('npx', ['watchword', 'routes', 'dist/app.module.js', '--json'], nest);
      expect(JSON.parse(json)).toMatchObject([{ route: 'GET /parcels', verify: 'always', roles: [['customer']] }]);
      await expect(
        run('npx', ['watchword', 'routes', 'dist/app.module.js', '--export', 'Nothing'], nest),
      ).rejects.toThrow(/--export RootModule/);
      await expect(run('npx', ['watchword'], nest)).rejects.toThrow(/Usage: watchword routes/);
    },
    HANG_MS,
  );

  it(
    "runs the README's test in the test runner that a new application has",
    async () => {
      await rm(join(nest, 'test/app.e2e-spec.ts'));
      await writeFile(join(nest, 'test/parcels.e2e-spec.ts'), blocks.get('test/parcels.e2e-spec.ts') ?? '');
      expect(await run('npm', ['run', 'test:e2e'], nest)).toMatch(/1 passed/);
    },
    HANG_MS,
  );

  it(
    'runs the test files of the guides',
    async () => {
      const sockets = ['@nestjs/websockets@12', '@nestjs/platform-socket.io@12', 'socket.io-client@4'];
      await install(nest, ['@nestjs/microservices@12', ...sockets, '@nestjs/passport@12', 'passport', 'passport-jwt']);
      const guides = await Promise.all(GUIDES.map((guide) => codeBlocks(`docs/${guide}.md`)));
      const files = guides.flatMap((page) => [...page].filter(([name]) => name.endsWith('.e2e-spec.ts')));
      await Promise.all(files.map(([name, code]) => writeFile(join(nest, name), code)));
      const output = await run('npm', ['run', 'test:e2e', '--', ...files.map(([name]) => name)], nest);
      expect(output).toMatch(/5 passed/);
      expect(output).toMatch(/8 passed/);
    },
    HANG_MS,
  );

  it(
    `guards a resolver, a gRPC ${NATS === undefined ? 'and a NATS' : `(and no NATS: ${NATS})`} handler, and calls out over them`,
    async () => {
      await install(nest, [
        '@nestjs/microservices@12',
        '@grpc/grpc-js',
        '@grpc/proto-loader',
        '@nats-io/transport-node',
        '@nestjs/graphql@14',
        '@nestjs/apollo@14',
        '@apollo/server@5',
        '@as-integrations/express5',
        'graphql@16',
      ]);
      const spec = await readFile(join(import.meta.dirname, 'outside/transports.e2e-spec.ts.txt'), 'utf8');
      await writeFile(join(nest, 'test/transports.e2e-spec.ts'), spec);
      const env = { ...environment, WITH_NATS: NATS === undefined ? '1' : '0' };
      const output = await run('npm', ['run', 'test:e2e', '--', 'transports'], nest, env);
      expect(output).toMatch(NATS === undefined ? /3 passed/ : /2 passed/);
    },
    HANG_MS,
  );

  it(
    'verifies without Nest',
    async () => {
      const project = await bareProject('plain', 'module');
      const code = [...blocks.values()].find((block) => block.includes("'@watchword/auth/verification'")) ?? '';
      await writeFile(
        join(project, 'verify.js'),
        `const token = process.argv[2];\n${here(code)}
        console.log(JSON.stringify({ subject, roles: [...roles] }));
        verifier.stop();`,
      );
      const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'parcels', roles: ['customer'] }));
      expect(JSON.parse(await run(process.execPath, ['verify.js', token], project))).toEqual({
        subject: 'ada',
        roles: ['customer'],
      });
      await expect(run(process.execPath, ['verify.js', `${token}x`], project)).rejects.toThrow(/AuthError: /);
      await expect(readFile(join(project, 'node_modules/@nestjs/common/package.json'))).rejects.toThrow(/ENOENT/);
    },
    HANG_MS,
  );

  it(
    'can be required by CommonJS code',
    async () => {
      const project = await bareProject('common', 'commonjs');
      await writeFile(
        join(project, 'index.js'),
        "const { AuthError } = require('@watchword/auth/verification'); console.log(new AuthError('token_expired').code);",
      );
      expect(await run(process.execPath, ['index.js'], project)).toBe('token_expired\n');
    },
    HANG_MS,
  );
});

it('is packed as others expect it: publint and "are the types wrong" find nothing', async () => {
  const bin = (name: string) => join(root, 'node_modules/.bin', name);
  await expect(run(bin('publint'), ['--strict', tarball], root)).resolves.toContain('All good');
  await expect(run(bin('attw'), [tarball, '--profile', 'esm-only'], root)).resolves.toContain(
    '@watchword/auth/verification',
  );
});

describe('each entry point of the package', () => {
  const content = join(folder, 'content');
  beforeAll(async () => {
    await mkdir(content);
    await run('tar', ['-xzf', tarball, '-C', content], root);
  });

  /** The packages that a file imports by itself or by what it imports; without `import()`, which comes later if at all. */
  async function packagesOf(file: string, seen = new Set<string>()): Promise<Set<string>> {
    const found = new Set<string>();
    if (seen.has(file)) return found;
    seen.add(file);
    const text = await readFile(file, 'utf8');
    for (const [, name = ''] of text.matchAll(/^(?:import|export)\s(?:[\w*\s{},$]+\sfrom\s)?['"]([^'"]+)['"];/gm)) {
      if (name.startsWith('node:')) continue;
      if (!name.startsWith('.')) found.add(name);
      else {
        const next = join(file, '..', file.endsWith('.d.ts') ? name.replace(/\.js$/, '.d.ts') : name);
        for (const inner of await packagesOf(next, seen)) found.add(inner);
      }
    }
    return found;
  }

  // The parser of event streams is a dependency of the package, as jose is.
  const NEST = ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs', 'eventsource-parser'];
  it.each([
    ['index', NEST],
    ['entry/verification', []],
    ['entry/clients', NEST],
    ['entry/graphql', NEST],
    ['entry/grpc', [...NEST, '@nestjs/microservices', '@grpc/grpc-js']],
    ['entry/microservices', [...NEST, '@nestjs/microservices']],
    ['entry/ws', NEST],
    ['entry/passport', [...NEST, '@nestjs/passport', 'passport-jwt']],
    ['entry/testing', ['jose', 'eventsource-parser']],
  ])('%s loads no package that it does not need, and its types ask for none', async (entry, allowed) => {
    const loaded = await packagesOf(join(content, 'package/dist', `${entry}.js`));
    const typed = await packagesOf(join(content, 'package/dist', `${entry}.d.ts`));
    const needed = new Set(allowed.filter((name) => name !== 'jose'));
    const base = (name: string) => name.replace(/^(@[^/]+\/[^/]+|[^/]+).*/, '$1');
    expect([...loaded].map(base).filter((name) => !allowed.includes(name))).toEqual([]);
    expect([...typed].map(base).filter((name) => !needed.has(name))).toEqual([]);
  });
});
