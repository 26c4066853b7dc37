import { constants } from 'node:fs';
import { access, chmod, cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { makeDirectory } from '../../config/make-directory.js';
import { DirectoryLock } from './directory-lock.js';
import { PGLITE_OPTIONS } from './pglite-options.js';

/** The version of the way in which templates are created. Each version has its own directory. */
const RECIPE = 2;

/**
 * Makes sure that `directory` contains a database cluster. The caller holds its lock.
 *
 * Creating one (initdb) takes seconds, so it is created once as a template and copied. A copy appears by an atomic rename: a process
 * that is killed meanwhile does not leave a partial database.
 */
export async function prepareDataDirectory(directory: string, dataDirectory: string): Promise<void> {
  if (await exists(join(directory, 'PG_VERSION'))) return;
  const template = await prepareTemplate(await templateHome(dataDirectory));
  await removeLeftovers(directory);
  const copy = `${directory}.copy-${String(process.pid)}`;
  await cp(template, copy, { recursive: true, mode: constants.COPYFILE_FICLONE });
  // Only the user of the app may read password hashes and other data.
  await chmod(copy, 0o700);
  await rename(copy, directory);
}

async function prepareTemplate(home: string): Promise<string> {
  const template = join(home, `pglite-${await pgliteVersion()}-${String(RECIPE)}`);
  if (await exists(template)) return template;
  makeDirectory(home);
  const lock = await DirectoryLock.acquire(`${template}.lock`, { purpose: `the template ${template}`, waitMs: 60_000 });
  try {
    if (await exists(template)) return template;
    await removeLeftovers(template);
    const draft = `${template}.copy-${String(process.pid)}`;
    await create(draft);
    await rename(draft, template);
    return template;
  } finally {
    await lock.release();
  }
}

/** Creates a cluster without the two template databases: 14 MB instead of 39 MB. */
async function create(directory: string): Promise<void> {
  const cluster = await PGlite.create(directory, PGLITE_OPTIONS);
  for (const database of ['template0', 'template1']) {
    await cluster.query('update pg_database set datistemplate = false where datname = $1', [database]);
    await cluster.exec(`drop database ${database}`);
  }
  await cluster.exec('checkpoint');
  await cluster.close();
}

/** In node_modules if it is writable, so that all data directories of this checkout share one template. */
async function templateHome(dataDirectory: string): Promise<string> {
  const packages = join(pglitePackage(), '../..');
  const writable = await access(packages, constants.W_OK).then(
    () => true,
    () => false,
  );
  return writable ? join(packages, '.cache', 'watchword') : join(dataDirectory, '.template');
}

/** Removes incomplete copies of a killed process. */
async function removeLeftovers(directory: string): Promise<void> {
  const prefix = `${basename(directory)}.copy-`;
  const names = await readdir(dirname(directory)).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(prefix))
      .map((name) => rm(join(dirname(directory), name), { recursive: true, force: true })),
  );
}

/** A newer PGlite may contain a newer PostgreSQL with another directory format. */
async function pgliteVersion(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(pglitePackage(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function pglitePackage(): string {
  const entry = createRequire(join(import.meta.dirname, 'any.js')).resolve('@electric-sql/pglite');
  return join(dirname(entry), '..');
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
