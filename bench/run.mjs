/** `npm run bench [-- verify | issue] [--rounds=N] [--quick]`: installs the peers if need be, builds, measures. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} command @param {string[]} args */
function step(command, args) {
  const { status } = spawnSync(command, args, { cwd: import.meta.dirname, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(join(import.meta.dirname, 'node_modules'))) step('npm', ['ci', '--no-audit', '--no-fund']);
step(process.execPath, ['build.mjs']);
step(process.execPath, ['dist/bench.js', ...process.argv.slice(2)]);
