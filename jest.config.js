/** One TypeScript transform for every project: legacy decorators with metadata, native ES modules. */
const swc = [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2022',
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

/** @param {string} displayName @param {string[]} roots */
const project = (displayName, roots, extra = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  roots: roots.map((root) => `<rootDir>/${root}`),
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc },
  moduleNameMapper: {
    '^@watchword/auth$': '<rootDir>/libs/auth/src/index.ts',
    '^@watchword/auth/([a-z]+)$': '<rootDir>/libs/auth/src/entry/$1.ts',
    '^@watchword/platform$': '<rootDir>/libs/platform/src/index.ts',
    '^@watchword/platform/testing$': '<rootDir>/libs/platform/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  ...extra,
});

export default {
  // Processes start and databases are made on two busy cores. A test waits for a condition, never for this.
  testTimeout: 30_000,
  projects: [
    project('auth-lib', ['libs/auth']),
    project('platform', ['libs/platform']),
    project('apps', ['apps']),
    project('system', ['test']),
  ],
};
