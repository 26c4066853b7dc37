/**
 * Bundles the benches and `libs/auth` the way `nest build` bundles an app (rspack and swc, decorators with metadata,
 * packages left outside), so that what is measured is what an app runs.
 */
import { rspack } from '@rspack/core';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const source = (/** @type {string} */ file) => join(import.meta.dirname, 'src', file);
const isPackage = /^(?!@watchword\/)[^./]/;

/** Parts of the token cache that `bench -- cache` measures by a stand-in of `src/cache/without`. */
const REPLACEABLE = ['token-cache', 'shared-sets', 'frozen', 'estimated-bytes'];
const output = join(import.meta.dirname, 'dist');

/** @satisfies {import('@rspack/core').Configuration} */
const programs = {
  mode: 'none',
  target: 'node',
  context: import.meta.dirname,
  entry: {
    bench: source('bench.ts'),
    load: source('load/load.ts'),
    'answer-cpu': source('process/answer-cpu.ts'),
    issuer: source('issue/issuer.ts'),
    service: source('services/service.ts'),
    verifier: source('verifier/verifier.ts'),
  },
  output: {
    path: output,
    filename: '[name].js',
    chunkFilename: '[id].js',
    module: true,
    library: { type: 'module' },
    chunkFormat: 'module',
    chunkLoading: 'import',
  },
  externals: [
    ({ request }, callback) => (isPackage.test(request ?? '') ? callback(undefined, `module ${request}`) : callback()),
  ],
  externalsPresets: { node: false },
  module: {
    rules: [
      {
        test: /\.ts$/,
        type: 'javascript/esm',
        loader: 'builtin:swc-loader',
        options: {
          jsc: {
            parser: { syntax: 'typescript', decorators: true },
            transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
            target: 'es2022',
          },
        },
      },
    ],
  },
  resolve: {
    extensions: ['.ts', '.js'],
    extensionAlias: { '.js': ['.ts', '.js'] },
    alias: {
      '@watchword/auth$': join(import.meta.dirname, '../libs/auth/src/index.ts'),
      '@watchword/auth': join(import.meta.dirname, '../libs/auth/src/entry'),
    },
  },
  optimization: { nodeEnv: false },
  node: { __filename: false, __dirname: false },
};

/** @param {string} part */
function without(part) {
  const standIn = new rspack.NormalModuleReplacementPlugin(
    new RegExp(`^\\./(cache/)?${part}\\.js$`),
    source(`cache/without/${part}.ts`),
  );
  const folder = { ...programs.output, path: join(output, `without-${part}`) };
  return { ...programs, name: part, entry: { verifier: programs.entry.verifier }, output: folder, plugins: [standIn] };
}

rmSync(output, { recursive: true, force: true });
const compiler = rspack([programs, ...REPLACEABLE.map(without)]);

compiler.run((error, stats) => {
  if (error || stats?.hasErrors()) {
    console.error(error ?? stats?.toString({ colors: false, all: false, errors: true }));
    process.exitCode = 1;
  }
  compiler.close(() => {});
});
