/**
 * `npm test`: every check and every test, cheapest first, and one closing line that sums the tests up.
 *
 * A failing check ends the run at once; a failing test does not keep the other tests from running.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBuild } from './system/run-build.mjs';

/** @typedef {{ status: string, fullName: string, ancestorTitles: string[] }} Result a test, as Jest reports it */

const root = join(import.meta.dirname, '..');
const bin = (/** @type {string} */ name) => join(root, 'node_modules/.bin', name);

/** @type {[title: string, check: () => Promise<number | string>][]} */
const checks = [
  ['lint', () => run(bin('oxlint'), ['--deny-warnings', '--report-unused-disable-directives'])],
  ['format', () => run(bin('prettier'), ['--check', '--log-level', 'warn', '.'])],
  ['types', () => run(bin('tsc'), ['--noEmit'])],
  ['boundaries', () => run('npm', ['run', 'boundaries'])],
  ['build', () => runBuild(bin('nest'), ['build', '--all'], ['ignore', 'inherit', 'inherit'])],
];

/**
 * System tests start processes of their own, and wait for them most of the time.
 *
 * @type {[title: string, args: string[]][]}
 */
const suites = [
  ['unit tests', ['--selectProjects', 'auth-lib', 'platform', 'apps', '--maxWorkers=2']],
  ['system tests', ['--selectProjects', 'system', '--maxWorkers=2']],
];

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number | string>} the exit code, or the signal that ended it
 */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
}

/**
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function timed(title, work) {
  console.log(`\n── ${title}`);
  const started = performance.now();
  const result = await work();
  console.log(`── ${title}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/**
 * @param {readonly string[]} args
 * @param {string} folder
 */
async function jest(args, folder) {
  const report = join(folder, 'report.json');
  await rm(report, { force: true });
  const code = await run(bin('jest'), [...args, '--passWithNoTests', '--json', `--outputFile=${report}`], {
    NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
  });
  const results = await readFile(report, 'utf8').then(JSON.parse, () => undefined);
  /** @type {{ assertionResults: Result[] }[]} */
  const suitesRun = results?.testResults ?? [];
  const skipped = suitesRun.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => ['pending', 'todo', 'disabled'].includes(status)),
  );
  const failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  return {
    passed: results?.numPassedTests ?? 0,
    // Jest may fail without a failing test: no report, or a threshold. That is a failure all the same.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped,
  };
}

/**
 * Says why each test was skipped; a test that was skipped without a reason in its title is a failure.
 *
 * @param {readonly Result[]} skipped
 */
function explain(skipped) {
  const titles = new Set(skipped.map(({ ancestorTitles, fullName }) => ancestorTitles[0] ?? fullName));
  if (titles.size > 0) console.log('\nSkipped:');
  for (const title of titles) console.log(`  ${title}`);
  const silent = skipped.filter(({ fullName }) => !fullName.includes('skipped:'));
  for (const { fullName } of silent) console.error(`Skipped without a reason ("skipped: …") in its title: ${fullName}`);
  return silent.length;
}

async function main() {
  for (const [title, check] of checks) {
    const code = await timed(title, check);
    if (code === 0) continue;
    console.error(`\n${title} failed (${String(code)}); no test was run.`);
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), 'watchword-test-'));
  const total = { passed: 0, failed: 0, skipped: /** @type {Result[]} */ ([]) };
  try {
    for (const [title, args] of suites) {
      const { passed, failed, skipped } = await timed(title, () => jest(args, folder));
      total.passed += passed;
      total.failed += failed;
      total.skipped.push(...skipped);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  total.failed += explain(total.skipped);
  const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exitCode = await main();
