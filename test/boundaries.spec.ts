import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');

/** From the lowest to the highest. */
const authRooms = [
  'cryptography',
  'oauth-protocol',
  'config',
  'database',
  'attempts',
  'security-events',
  'keys/storage',
  'keys/publishing',
  'keys/signing',
  'keys/rotation',
  'keys',
  'tokens',
  'clients',
  'security-events/stream',
  'sessions',
  'oauth',
  'accounts',
  'admin',
];
const platformRooms = [
  'injection',
  'errors',
  'config',
  'logging',
  'metrics',
  'health',
  'database',
  'http',
  'rpc',
  'boot',
  'testing',
];

type Violated = readonly [rule: string, file: string, imported: string];

/** Each room imports the one above it, and the highest one a file of the root. */
function upwards(rule: string, root: string, rooms: readonly string[]): readonly Violated[] {
  return rooms.map((room, index) => {
    const above = rooms[index + 1];
    return [rule, `${root}/${room}/upwards.ts`, importOf(room, above === undefined ? 'top' : `${above}/room`)];
  });
}

/** A file in each room, which imports the room below it, and one at the root. */
function downwards(root: string, rooms: readonly string[]): Record<string, string> {
  const files: Record<string, string> = { [`${root}/top.ts`]: 'export const here = 1;\n' };
  for (const [index, room] of rooms.entries()) {
    const below = rooms[index - 1];
    const imports = below === undefined ? '' : `import '${importOf(room, `${below}/room`)}';\n`;
    files[`${root}/${room}/room.ts`] = `${imports}export const here = 1;\n`;
  }
  return files;
}

function importOf(room: string, file: string): string {
  const path = relative(room, file);
  return `${path.startsWith('.') ? path : `./${path}`}.js`;
}

/** A tree in the shape of ours with one violation of each rule: [rule, file at fault, what it imports]. */
const violations: readonly Violated[] = [
  ['no-cycles', 'libs/platform/src/chicken.ts', './egg.js'],
  ['no-cycles', 'bench/src/chicken.ts', './egg.js'],
  ['no-cycles', 'scripts/chicken.mjs', './egg.mjs'],
  ['tools-stay-tools', 'apps/orders/src/measured.ts', '../../../scripts/chicken.mjs'],
  ['resolvable', 'libs/platform/src/lost.ts', './nowhere.js'],
  ['verification-stands-alone', 'libs/auth/src/verification/nosy.ts', '../nest/guard.js'],
  ['verification-has-no-transport', 'libs/auth/src/verification/reactive.ts', 'rxjs'],
  ['verification-has-no-transport', 'libs/auth/src/verification/serving.ts', 'node:http'],
  ['token-cache-knows-only-what-it-keeps', 'libs/auth/src/verification/cache/nosy.ts', '../verifier.js'],
  ['token-cache-inside-verification', 'libs/auth/src/nest/peeks.ts', '../verification/cache/cache.js'],
  ['core-imports-only-verification', 'libs/auth/src/propagation/nosy.ts', '../revocation/list.js'],
  ['core-imports-only-verification', 'libs/auth/src/revocation/nosy.ts', '../nest/guard.js'],
  ['core-without-nest', 'libs/auth/src/verification/injected.ts', '@nestjs/common'],
  ['core-without-nest', 'libs/auth/src/propagation/injected.ts', '@nestjs/microservices'],
  ['libraries-by-entry-point', 'apps/orders/src/deep.ts', '../../../libs/auth/src/nest/guard.js'],
  ['libraries-by-entry-point', 'libs/platform/src/deep.ts', '../../auth/src/nest/guard.js'],
  ['platform-by-entry-point', 'apps/orders/src/deep-platform.ts', '../../../libs/platform/src/egg.js'],
  ['apps-apart', 'apps/orders/src/neighbour.ts', '../../catalog/src/product.js'],
  ['libraries-below-apps', 'libs/platform/src/upwards.ts', '../../../apps/catalog/src/product.js'],
  ['auth-below-platform', 'libs/auth/src/nest/upwards.ts', '@watchword/platform'],
  ['system-tests-from-outside', 'test/inside.spec.ts', '../apps/catalog/src/product.js'],
  ['jose-in-its-place', 'apps/orders/src/signs.ts', 'jose'],
  ['jose-in-its-place', 'libs/auth/src/nest/verifies.ts', 'jose'],
  ['jose-in-its-place', 'libs/auth/src/verification/parses.ts', 'jose'],
  ['jose-in-its-place', 'apps/auth/src/keys/signing/signs.ts', 'jose'],
  ['sql-in-stores', 'apps/catalog/src/cancel-order.ts', 'drizzle-orm'],
  ['tables-in-stores', 'apps/catalog/src/place-order.ts', './database/schema.js'],
  ['testing-only-in-tests', 'apps/orders/src/mints.ts', '@watchword/auth/testing'],
  ['testing-only-in-tests', 'apps/orders/src/tests-database.ts', '@watchword/platform/testing'],
  ['no-tests-in-production', 'apps/orders/src/uses-spec.ts', './order.spec.js'],
  ['no-development-dependencies-in-production', 'apps/orders/src/tooling.ts', 'supertest'],
  ...upwards('auth-rooms-downward', 'apps/auth/src', authRooms),
  ...upwards('platform-rooms-downward', 'libs/platform/src', platformRooms),
  ['auth-rooms-in-order', 'apps/auth/src/elsewhere/anything.ts', '../config/room.js'],
  ['platform-rooms-in-order', 'libs/platform/src/elsewhere/anything.ts', '../config/room.js'],
  ['in-its-own-manifest', 'apps/catalog/src/borrowed.ts', '@node-rs/argon2'],
];

/** What is allowed, and is asked for by the violations. */
const innocent: Readonly<Record<string, string>> = {
  'libs/platform/src/egg.ts': "import './chicken.js';\nexport const egg = 1;\n",
  'bench/src/egg.ts': "import './chicken.js';\nexport const egg = 1;\n",
  'scripts/egg.mjs': "import './chicken.mjs';\nexport const egg = 1;\n",
  // A peer that is installed only where bench runs.
  'bench/src/peer.ts': "import 'a-peer-that-is-not-installed';\nexport const here = 1;\n",
  'libs/platform/src/index.ts': 'export const platform = 1;\n',
  'libs/auth/src/index.ts': "export { guard } from './nest/guard.js';\n",
  'libs/auth/src/nest/guard.ts':
    "import '../verification/verifier.js';\nimport '@nestjs/common';\nexport const guard = 1;\n",
  'libs/auth/src/verification/verified-token.ts': 'export const verified = 1;\n',
  'libs/auth/src/verification/cache/cache.ts': "import '../verified-token.js';\nexport const cache = 1;\n",
  'libs/auth/src/verification/verifier.ts': "import './cache/cache.js';\nexport const verifier = 1;\n",
  'libs/auth/src/revocation/list.ts': "import '../verification/verifier.js';\nexport const list = 1;\n",
  'libs/platform/src/testing/index.ts': 'export const database = 1;\n',
  'libs/auth/src/testing/mint.ts': "import 'jose';\nimport '../nest/guard.js';\nexport const mint = 1;\n",
  'libs/auth/src/entry/testing.ts': "export { mint } from '../testing/mint.js';\n",
  'apps/catalog/src/product.ts':
    "import '@watchword/auth';\nimport '@watchword/platform';\nexport const product = 1;\n",
  'apps/catalog/src/product.spec.ts':
    "import '@watchword/auth/testing';\nimport '@watchword/platform/testing';\nimport 'supertest';\n",
  'apps/catalog/src/database/schema.ts': "import 'drizzle-orm/pg-core';\nexport const schema = 1;\n",
  'apps/catalog/src/products/product-store.ts': "import 'drizzle-orm';\nimport '../database/schema.js';\n",
  'apps/orders/src/order.spec.ts': 'export const order = 1;\n',
  ...downwards('apps/auth/src', authRooms),
  ...downwards('libs/platform/src', platformRooms),
};

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string; readonly severity: string };
}

async function cruise(tree: string): Promise<readonly Violation[]> {
  const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [
    bin,
    'apps',
    'libs',
    'test',
    'scripts',
    'bench',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ];
  const json = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: tree, maxBuffer: 1 << 26 }, (_error, stdout) => resolve(stdout));
  });
  return (JSON.parse(json) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the boundaries of docs/architecture.md', () => {
  let tree: string;
  let found: readonly Violation[];

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'watchword-boundaries-'));
    const files = { ...innocent };
    for (const [, file, imported] of violations) files[file] = `import '${imported}';\nexport const here = 1;\n`;
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), content);
    }
    const manifests = ['libs/auth', 'libs/platform', 'apps/catalog', 'apps/orders'].map(
      (place) => `${place}/package.json`,
    );
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs', ...manifests]) {
      await copyFile(join(root, file), join(tree, file));
    }
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    found = await cruise(tree);
  }, 60_000);

  afterAll(() => rm(tree, { recursive: true, force: true }));

  it.each(violations)('%s refuses it in %s, which imports %s', (rule, file) => {
    expect(found).toContainEqual(expect.objectContaining({ from: file, rule: { name: rule, severity: 'error' } }));
  });

  it('lets through what the architecture allows', () => {
    const guilty = new Set(violations.map(([, file]) => file));
    for (const file of ['libs/platform/src/egg.ts', 'bench/src/egg.ts', 'scripts/egg.mjs']) guilty.add(file);
    expect(found.filter(({ from }) => !guilty.has(from))).toEqual([]);
  });
});
