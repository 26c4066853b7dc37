/**
 * `npm run pack:auth`: builds `libs/auth` with the TypeScript compiler and makes the tarball that a registry would get.
 * Prints the path of the tarball, last.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const home = join(root, 'libs/auth');
const target = join(root, 'dist/packages');

await rm(join(home, 'dist'), { recursive: true, force: true });
await mkdir(target, { recursive: true });
await copyFile(join(root, 'LICENSE'), join(home, 'LICENSE'));
const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
  execFileSync(command, args, { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.lib.json']);
const [{ filename }] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target]));
await rm(join(home, 'LICENSE'));
await rm(join(home, 'dist'), { recursive: true });
console.log(join(target, filename));
