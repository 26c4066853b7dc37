import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const cache = join(import.meta.dirname, '../../node_modules/.cache/watchword');

/** Of each line that is supported, the release that the tests run on. */
export const NODE_RELEASES = /** @type {const} */ ({ 20: '20.20.2', 22: '22.23.3', 24: '24.21.0', 26: '26.12.1' });

/**
 * Another Node.js for this machine: the npm package of its binary, fetched once and kept beside the packages.
 *
 * @param {string} version a release, or the line of one of {@link NODE_RELEASES}
 * @param {number} [timeout] in milliseconds, for the registry
 * @returns {Promise<string>} the folder that `node` is in; rejects with the reason where it cannot be had
 */
export async function otherNode(version, timeout = 120_000) {
  const release = { ...NODE_RELEASES }[version] ?? version;
  if (!/^\d+\.\d+\.\d+$/.test(release)) throw new Error(`${version} is no release of Node.js, such as 24.21.0`);
  const folder = join(cache, `node-${release}`);
  if (!(await exists(join(folder, 'node')))) await install(release, folder, timeout);
  return folder;
}

/**
 * The folder appears by one rename, whole.
 *
 * @param {string} release
 * @param {string} folder
 * @param {number} timeout
 */
async function install(release, folder, timeout) {
  const name = `node-${process.platform}-${process.arch}`;
  const { NODE_OPTIONS: _, ...env } = process.env;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, 'draft-'));
  try {
    const options = ['--prefix', draft, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
    await promisify(execFile)('npm', ['install', ...options, `${name}@${release}`], { cwd: draft, env, timeout });
    await rename(join(draft, 'node_modules', name, 'bin'), folder);
  } catch (error) {
    if (await exists(join(folder, 'node'))) return; // another process was faster
    throw new Error(`npm did not bring ${name}@${release}: ${reasonOf(/** @type {FailedCommand} */ (error))}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** @typedef {Error & { killed?: boolean, stderr?: string }} FailedCommand */

/** @param {FailedCommand} error */
function reasonOf({ killed, stderr = '', message }) {
  if (killed) return 'no answer in time';
  return /code (E\w+)/.exec(stderr)?.[1] ?? message.split('\n', 1)[0];
}

/** @param {string} path */
const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );
