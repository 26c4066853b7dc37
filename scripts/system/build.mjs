import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { APPS } from './apps.mjs';
import { runBuild } from './run-build.mjs';

const root = join(import.meta.dirname, '../..');

/**
 * Builds the apps whose output is older than any of their sources, or is not there.
 *
 * @returns {Promise<string[]>} the names of those that were built
 */
export async function buildWhatChanged() {
  const shared = await newest(['libs', 'nest-cli.json', 'tsconfig.json', 'package-lock.json']);
  const stale = [];
  for (const app of APPS) {
    const built = await changed(join('dist/apps', app, 'main.js'));
    if (built < Math.max(shared, await newest([`apps/${app}`]))) stale.push(app);
  }
  if (stale.length > 0) await nestBuild(stale);
  // An output that comes out the same is not written again, and would be built anew at each start.
  const now = new Date();
  for (const app of stale) await utimes(join(root, 'dist/apps', app, 'main.js'), now, now);
  return stale;
}

/** @param {string[]} apps */
async function nestBuild(apps) {
  const outcome = await runBuild(
    join(root, 'node_modules/.bin/nest'),
    ['build', ...apps],
    ['ignore', 'ignore', 'inherit'],
  );
  if (outcome !== 0) throw new Error(`nest build failed (${outcome}); what it says is above`);
}

/**
 * When the newest file below these paths changed, in milliseconds. Tests are no sources of a build.
 *
 * @param {string[]} paths
 * @returns {Promise<number>}
 */
async function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) {
      latest = Math.max(latest, await changed(path));
      continue;
    }
    const sources = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'));
    const times = await Promise.all(
      sources.map((entry) => changed(join(entry.parentPath ?? entry.path, entry.name), '')),
    );
    latest = Math.max(latest, ...times);
  }
  return latest;
}

/**
 * @param {string} path
 * @param {string} [base]
 * @returns {Promise<number>} 0 for what is not there
 */
async function changed(path, base = root) {
  return stat(join(base, path)).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
