import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it. Node's own `recursive` never returns below `/proc`; what the apps use for it is not
 * built yet when a script runs.
 *
 * @param {string} path
 * @returns {Promise<void>} rejects where it cannot be made
 */
export async function makeDirectory(path) {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST' && (await isDirectory(path))) return;
    if (code !== 'ENOENT' || (await isDirectory(dirname(path)))) throw error;
    await makeDirectory(dirname(path));
    await makeDirectory(path);
  }
}

/** @param {string} path */
const isDirectory = (path) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
