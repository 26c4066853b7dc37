import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** Writes the pages of a package into `pages` of the folder. Rejects with what TypeDoc says of it. */
async function generate(home: string, folder: string): Promise<Found> {
  const examples = join(folder, 'examples.json');
  const script = join(root, 'scripts/docs-api.mjs');
  const args = [script, '--package', home, '--out', join(folder, 'pages'), '--examples', examples];
  await promisify(execFile)(process.execPath, args);
  return JSON.parse(await readFile(examples, 'utf8')) as Found;
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
    found = await generate(join(root, 'libs/auth'), folder);
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

describe('the check of the API reference', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'watchword-api-check-'));
    await mkdir(join(home, 'src'));
    await writeFile(
      join(home, 'package.json'),
      '{ "name": "checked", "version": "1.0.0", "exports": { ".": { "types": "./dist/index.d.ts" } } }',
    );
    const compilerOptions = { module: 'nodenext', target: 'es2023', types: [] };
    await writeFile(join(home, 'tsconfig.lib.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  const read = async (code: string): Promise<Found> => {
    await writeFile(join(home, 'src/index.ts'), code);
    return generate(home, home);
  };

  it('names what has no example, of functions, classes and constants, and asks none of types', async () => {
    const { missing, examples } = await read(`
      /** One. */
      export function one(): number { return 1; }
      /**
       * Two.
       * @example
       * \`\`\`ts
       * two();
       * \`\`\`
       */
      export function two(): number { return 2; }
      /** Three. */
      export class Three {}
      /** Four. */
      export const four = { five: 5 };
      /** Six. */
      export interface Six { readonly seven: 7 }
    `);
    expect(missing).toEqual(['auth.Three', 'auth.four', 'auth.one']);
    expect(examples.map(({ code }) => code)).toEqual(['two();\n']);
  }, 60_000);

  it.each([
    ['an export without a docstring', 'export interface Bare { readonly one: 1 }', /Bare.*documentation/],
    [
      'a type that no entry point exports',
      '/** Hidden. */\ninterface Hidden { readonly one: 1 }\n/** Shown. */\nexport interface Shown { readonly hidden: Hidden }',
      /Hidden.*not included/,
    ],
  ])(
    'refuses %s',
    async (_what, code, reason) => {
      await expect(read(code)).rejects.toMatchObject({ stderr: expect.stringMatching(reason) });
    },
    60_000,
  );
});

it('refuses an example that does not compile', async () => {
  const wrong =
    "import { TokenVerifier } from '@watchword/auth/verification';\n\nnew TokenVerifier({ issuers: [] });\n";
  await expect(compileExamples(new Map([['wrong', wrong]]))).resolves.toContain('wrong.ts(3,');
}, 60_000);
