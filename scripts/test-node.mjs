/**
 * `npm run test:node -- 24 [Jest's arguments]`: runs tests on another Node.js than this one, which npm brings.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { otherNode } from './system/other-node.mjs';

const root = join(import.meta.dirname, '..');

/**
 * @param {string[]} parameters
 * @returns {Promise<number>}
 */
async function main([version = '', ...args]) {
  const folder = await otherNode(version);
  const child = spawn(join(folder, 'node'), [join(root, 'node_modules/jest/bin/jest.js'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      // What a test starts by its name runs on it too.
      PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`,
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
    },
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  return 1;
});
