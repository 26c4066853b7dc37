import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NODE_RELEASES, otherNode } from '../scripts/system/other-node.mjs';

const root = join(import.meta.dirname, '..');
/** This one runs these tests anyway. */
const others = Object.entries(NODE_RELEASES).filter(([line]) => !process.version.startsWith(`v${line}.`));

const found = await Promise.all(
  others.map(async ([, release]) => ({
    release,
    reason: await otherNode(release).then(
      () => undefined,
      (error: Error) => error.message,
    ),
  })),
);

function run(command: string, args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })));
}

for (const { release, reason } of found) {
  const title = `Node.js ${release}`;
  const describeNode = reason === undefined ? describe : describe.skip;
  describeNode(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
    it('reads each JSON text in one way only, or refuses it', async () => {
      const tests = ['--selectProjects', 'auth-lib', '--testPathPatterns', 'strict-json', 'attacks/json', '-i'];
      const { code, output } = await run(process.execPath, ['scripts/test-node.mjs', release, ...tests]);
      expect({ code, output }).toEqual({
        code: 0,
        output: expect.stringMatching(/^Tests: +\d+ passed, \d+ total$/m) as string,
      });
    }, 180_000);
  });
}
