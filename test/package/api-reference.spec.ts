import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileExamples } from '../harness/compile-examples.js';

const root = join(import.meta.dirname, '../..');
const committed = join(root, 'docs/api');

interface Found {
  readonly examples: readonly { readonly of: string; readonly code: string }[];
  readonly missing: readonly string[];
}

async function pagesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

describe('the API reference of @watchword/auth', () => {
  let folder: string;
  let found: Found;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchword-api-'));
    const examples = join(folder, 'examples.json');
    const script = join(root, 'scripts/docs-api.mjs');
    await promisify(execFile)(process.execPath, [script, '--out', join(folder, 'pages'), '--examples', examples]);
    found = JSON.parse(await readFile(examples, 'utf8')) as Found;
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is what `npm run docs:api` makes of the code', async () => {
    const generated = await pagesOf(join(folder, 'pages'));
    const pages = await pagesOf(committed);
    expect([...pages.keys()]).toEqual([...generated.keys()]);
    const outdated = [...generated].filter(([name, text]) => pages.get(name) !== text).map(([name]) => name);
    expect(outdated).toEqual([]);
  });

  it('has a page for each entry point of the package', async () => {
    const manifest = await readFile(join(root, 'libs/auth/package.json'), 'utf8');
    const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
    const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');
    const titles = [...(await pagesOf(committed)).values()].map((text) => text.split('\n', 1)[0]);
    expect(titles).toEqual(expect.arrayContaining(subpaths.map((subpath) => `# ${join('@watchword/auth', subpath)}`)));
  });

  it('has an example for every exported function, class, decorator and module', () => {
    expect(found.missing).toEqual([]);
    expect(found.examples.length).toBeGreaterThan(50);
  });

  it('has examples that compile against the entry points', async () => {
    const named = found.examples.map(({ of, code }, index) => [`${of}-${index}`, code] as const);
    await expect(compileExamples(new Map(named))).resolves.toBe('');
  }, 120_000);
});
