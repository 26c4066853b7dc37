/**
 * The boundaries of docs/architecture.md as errors. Each comment says what to do instead.
 * `test/boundaries.spec.ts` holds one violation of every rule and proves that it bites.
 */

const TESTS = '(\\.spec\\.ts$|/test/|^test/)';
const ENTRY_POINTS = '^libs/((auth|platform)/src/index|auth/src/entry/[a-z]+)\\.ts$';
const TESTING = '^libs/(auth/src/(testing/|entry/testing\\.ts)|platform/src/testing/)';
const TESTING_ENTRY_POINTS = '^libs/(auth/src/entry/testing|platform/src/testing/index)\\.ts$';

/** What reads and writes the database. The logs of security-events are stores by another name. */
const STORES = [
  '-store\\.ts$',
  '^apps/[^/]+/src/database/',
  '^apps/auth/src/security-events/[^/]+-(log|entries)\\.ts$',
];

/** The folders of apps/auth, from the lowest to the highest. One imports those before it, never those after it. */
const AUTH_ROOMS = [
  'cryptography',
  'oauth-protocol',
  'config',
  'database',
  'attempts',
  'security-events/(?!stream/)',
  'keys/storage',
  'keys/publishing',
  'keys/signing',
  'keys/rotation',
  'keys/[^/]+$',
  'tokens',
  'clients',
  'security-events/stream',
  'sessions',
  'oauth',
  'accounts',
  'admin',
  '[^/]+$',
];

/** The same for libs/platform. */
const PLATFORM_ROOMS = [
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
  '[^/]+$',
];

const room = (root, path) => `^${root}/${path}${/[/$)]$/.test(path) ? '' : '/'}`;

/** One rule for each room, and one that finds a folder that has no place in the order. */
function downward(name, root, rooms) {
  const paths = rooms.map((path) => room(root, path));
  const rules = paths.slice(0, -1).map((path, index) => ({
    name: `${name}-downward`,
    comment: `Imports go to a lower room only. From the lowest: ${rooms.join(', ')}.`,
    severity: 'error',
    from: { path, pathNot: TESTS },
    to: { path: paths.slice(index + 1) },
  }));
  return [
    ...rules,
    {
      name: `${name}-in-order`,
      comment: 'Give the new folder its place in the order of the rooms, at the top of this file.',
      severity: 'error',
      from: { path: `^${root}/`, pathNot: [...paths, TESTS] },
      to: {},
    },
  ];
}

module.exports = {
  forbidden: [
    ...downward('auth-rooms', 'apps/auth/src', AUTH_ROOMS),
    ...downward('platform-rooms', 'libs/platform/src', PLATFORM_ROOMS),
    {
      name: 'no-cycles',
      comment: 'Move what both need into a third file that imports neither.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Relative imports end in .js and name a file that is there; packages are in package.json.',
      severity: 'error',
      // The peers of bench are installed by `npm run bench` alone.
      from: { pathNot: '^bench/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'verification-stands-alone',
      comment: 'verification imports nothing of its siblings: it takes a token and answers a VerifiedToken.',
      severity: 'error',
      from: { path: '^libs/auth/src/verification/', pathNot: TESTS },
      to: { path: '^libs/', pathNot: '^libs/auth/src/verification/' },
    },
    {
      name: 'verification-has-no-transport',
      comment: 'No framework, no rxjs and no HTTP server or client module in verification; it fetches with fetch().',
      severity: 'error',
      from: { path: '^libs/auth/src/verification/', pathNot: TESTS },
      to: { path: '(^|/)rxjs(/|$)|^(node:)?(http|https|http2|net|tls)$' },
    },
    {
      name: 'token-cache-knows-only-what-it-keeps',
      comment:
        'The cache keeps verified tokens, their times and their keys. How they are verified is no concern of its.',
      severity: 'error',
      from: { path: '^libs/auth/src/verification/cache/', pathNot: TESTS },
      to: {
        path: '^libs/',
        pathNot: '^libs/auth/src/verification/(cache/|keys/verification-key|token-times|verified-token)',
      },
    },
    {
      name: 'token-cache-inside-verification',
      comment: 'Ask the TokenVerifier: what is in its cache was good once, and may not be any more.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/auth/src/verification/', TESTS] },
      to: { path: '^libs/auth/src/verification/cache/' },
    },
    {
      name: 'core-imports-only-verification',
      comment: 'propagation and revocation know verification, and neither each other nor nest.',
      severity: 'error',
      from: { path: '^libs/auth/src/(propagation|revocation)/', pathNot: TESTS },
      to: { path: '^libs/', pathNot: ['^libs/auth/src/$1/', '^libs/auth/src/verification/'] },
    },
    {
      name: 'core-without-nest',
      comment:
        'Nest is at the edge, in libs/auth/src/nest: verification, propagation and revocation are plain classes.',
      severity: 'error',
      from: { path: '^libs/auth/src/(verification|propagation|revocation)/', pathNot: TESTS },
      to: { path: '(^|/)@nestjs/' },
    },
    {
      name: 'libraries-by-entry-point',
      comment: 'Import @watchword/auth and @watchword/platform, never a path inside them.',
      severity: 'error',
      from: { path: '^(apps|test|libs/platform)/' },
      to: { path: '^libs/', pathNot: [ENTRY_POINTS, TESTING_ENTRY_POINTS, '^libs/platform/'] },
    },
    {
      name: 'platform-by-entry-point',
      comment: 'Import @watchword/platform, never a path inside it.',
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: { path: '^libs/platform/', pathNot: [ENTRY_POINTS, TESTING_ENTRY_POINTS] },
    },
    {
      name: 'apps-apart',
      comment: 'Apps talk over the network, by the contracts.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'libraries-below-apps',
      comment: 'A library knows no app.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'auth-below-platform',
      comment: '@watchword/auth is for services that never heard of our platform.',
      severity: 'error',
      from: { path: '^libs/auth/' },
      to: { path: '^libs/platform/' },
    },
    {
      name: 'system-tests-from-outside',
      comment:
        'System tests see apps as processes; only the configuration classes are read, to hold .env.example to them.',
      severity: 'error',
      from: { path: '^test/' },
      to: { path: '^apps/', pathNot: '^apps/[^/]+/src/config/' },
    },
    {
      name: 'jose-in-its-place',
      comment: 'Ask @watchword/auth to verify and apps/auth to sign. docs/adr/0004 says where jose is used, and why.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: ['^libs/auth/src/testing/', '^apps/auth/src/(keys/storage|clients)/', TESTS],
      },
      to: { path: '(^|/)jose(/|$)' },
    },
    {
      name: 'sql-in-stores',
      comment: 'Write the statement in a *-store.ts of the room, and let the use case call it.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/', pathNot: [...STORES, TESTS] },
      to: { path: '(^|/)drizzle-orm(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'tables-in-stores',
      comment: 'Only stores know the tables; the app module gives them to the database.',
      severity: 'error',
      from: {
        path: '^apps/[^/]+/src/',
        pathNot: [
          ...STORES,
          '/app\\.module\\.ts$',
          '^apps/auth/src/(accounts/recover|attempts/attempt-limits)\\.ts$',
          TESTS,
        ],
      },
      to: { path: '^apps/[^/]+/src/database/schema', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'testing-only-in-tests',
      comment:
        '@watchword/auth/testing makes tokens out of nothing, @watchword/platform/testing databases: for tests alone.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [TESTING, TESTS] },
      to: { path: TESTING },
    },
    {
      name: 'no-tests-in-production',
      comment: 'What production and tests both need is no spec.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { path: TESTS, pathNot: 'node_modules' },
    },
    {
      name: 'no-development-dependencies-in-production',
      comment: 'The image has only production dependencies: move the package there, or do without.',
      severity: 'error',
      from: { path: '^(apps|libs)/[^/]+/src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-peer', 'type-only'] },
    },
    {
      name: 'tools-stay-tools',
      comment: 'Scripts and bench are for developers: nothing that ships imports them.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { path: '^(scripts|bench|test)/' },
    },
    {
      name: 'in-its-own-manifest',
      comment: 'Name the package in the package.json of the workspace that imports it: it is installed by that alone.',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(libs/auth/dist|bench/(dist|results))/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
