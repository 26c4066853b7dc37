import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** Whoever sends these wants the build to end. */
const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a build; once more when a crash ended it. Native code of a bundler aborts now and then, also after a build that was good.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<number | NodeJS.Signals>} its exit code, or the signal that ended it
 */
export async function runBuild(command, args, stdio) {
  const outcome = await run(command, args, stdio);
  if (typeof outcome === 'number' || STOPS.includes(outcome)) return outcome;
  console.error(`The build was ended by ${outcome}; it is run once more.`);
  return run(command, args, stdio);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<number | NodeJS.Signals>}
 */
function run(command, args, stdio) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
