/** `npm run bench`: installs the peers if need be, builds, measures. README.md has its arguments. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** @param {string} command @param {string[]} args @param {string} cwd */
function step(command, args, cwd = import.meta.dirname) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(join(import.meta.dirname, 'node_modules'))) step('npm', ['ci', '--no-audit', '--no-fund']);
step(process.execPath, ['build.mjs']);
// bench/issue measures the issuer as it is deployed.
step(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build', 'auth'], root);
step(process.execPath, ['dist/bench.js', ...process.argv.slice(2)]);
