import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './compose-file.js';

interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, unknown>>;
  }[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, '.github/workflows');
const files = (await readdir(folder)).filter((name) => name.endsWith('.yml'));
const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
const workflows = files.map((name, at) => [name, parse(texts[at] ?? '') as Workflow, texts[at] ?? ''] as const);
const jobs = workflows.flatMap(([name, { jobs: all }]) =>
  Object.entries(all).map(([job, it]) => [`${name}: ${job}`, it] as const),
);

it.each(jobs)('%s ends by itself', (_, job) => {
  expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
});

it.each(jobs)(
  '%s uses actions by the hash of a commit, with the version beside it, and leaves no credentials behind',
  (_, { steps }) => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.filter((name) => !/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
    for (const name of used) expect(texts.join('\n')).toMatch(new RegExp(`${name} # v\\d`));
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with?.['persist-credentials'])).toEqual(checkouts.map(() => false));
  },
);

it.each(workflows)('%s may read, and write only what a job of it says', (_, { permissions, jobs: all }) => {
  expect(permissions).toEqual({ contents: 'read' });
  const written = Object.values(all).flatMap((job) =>
    Object.entries(job.permissions ?? {}).filter(([, level]) => level === 'write'),
  );
  expect(written.map(([scope]) => scope).filter((scope) => !['security-events', 'id-token'].includes(scope))).toEqual(
    [],
  );
});

it.each(workflows)('%s puts nothing that others write into a shell', (_name, _workflow, text) => {
  expect(text).not.toMatch(/run:.*\$\{\{/);
});

it('runs what CI runs here, on the versions of Node that package.json names', async () => {
  const test = workflows.find(([name]) => name === 'ci.yml')?.[1].jobs['test'];
  expect(test?.steps.flatMap(({ run }) => run ?? [])).toEqual(['.ci/run']);
  const { engines } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe('^20.19.0 || >=22.12.0');
  expect(test?.strategy?.matrix.node).toEqual([20, 22, 24, 26]);
});
