import { readFileSync } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileExamples } from './harness/compile-examples.js';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const blocks = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...(await readdir(join(root, 'docs'), { recursive: true }))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe.each(documents)('%s', (path) => {
  it('links to files that are there', async () => {
    const targets = [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, target = '']) => target);
    const missing = await Promise.all(
      targets.map((target) =>
        access(join(root, dirname(path), target)).then(
          () => [],
          () => [target],
        ),
      ),
    );
    expect(missing.flat()).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(path).matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

describe('docs/adr/0004-stricter-than-jose.md', () => {
  it('names every file of the product that imports jose, and no other', async () => {
    const files = await Promise.all(
      ['apps', 'libs'].map(async (folder) =>
        (await readdir(join(root, folder), { recursive: true })).map((path) => join(folder, path)),
      ),
    );
    const sources = files
      .flat()
      .filter((path) => /^[^/]+\/[^/]+\/src\/.*\.ts$/.test(path) && !path.endsWith('.spec.ts'))
      .filter((path) => /from 'jose(\/[a-z]+)?';/.test(read(path)));
    const [, section = ''] = read('docs/adr/0004-stricter-than-jose.md').split('### Where jose is used');
    const named = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, path = '']) => path);
    expect(named.sort()).toEqual(sources.sort());
  });
});

describe('README.md', () => {
  const readme = read('README.md');

  it('begins with two commands, which CI and package.json know', () => {
    const [commands = ''] = blocks(readme, 'sh');
    expect(commands).toMatch(/^npm ci && npm start /m);
    expect(commands).toMatch(/^npm ci && npm test /m);
    expect(read('.ci/run')).toMatch(/npm ci .*\nnpm test/);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test', 'demo']));
  });

  it('has examples that compile', async () => {
    const examples = blocks(readme, 'ts');
    expect(examples.length).toBeGreaterThanOrEqual(2);
    const named = new Map(examples.map((code, index) => [`example-${index}`, code]));
    await expect(compileExamples(named)).resolves.toBe('');
  }, 120_000);

  it('has a table of endpoints that has every controller', async () => {
    const sources = (await readdir(join(root, 'apps'), { recursive: true })).filter((name) =>
      name.endsWith('.controller.ts'),
    );
    const texts = await Promise.all(sources.map((name) => readFile(join(root, 'apps', name), 'utf8')));
    const routes = texts.flatMap((text) => {
      const prefixes = [...text.matchAll(/@Controller\('([^']+)'\)/g)].map(
        ([, prefix = '']) => `/${prefix.split('/:')[0]}`,
      );
      const patterns = [...text.matchAll(/@(?:Message|Event)Pattern\('([^']+)'\)/g)].map(([, pattern = '']) => pattern);
      return [...prefixes, ...patterns];
    });
    expect(routes.length).toBeGreaterThan(8);
    expect(routes.filter((route) => !readme.includes(route))).toEqual([]);
  });
});
