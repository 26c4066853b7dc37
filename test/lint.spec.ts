import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const reads = 'export const home = process.env.HOME;\n';

const statusInDomain =
  "import { ProblemError } from '@watchword/platform';\n\nexport const refusal = new ProblemError(409, 'a', 'b');\n";
const globalModule = "import { Global, Module } from '@nestjs/common';\n\n@Global()\n@Module({})\nexport class M {}\n";

/** What is reported of a comment that disables a rule for nothing: it has no rule. */
const UNUSED = 'Unused oxlint-disable directive (no problems were reported).';

/** [file, its content, the rule that refuses it, or undefined]. */
const cases: readonly (readonly [file: string, content: string, rule: string | undefined])[] = [
  ['apps/orders/src/orders.service.ts', reads, 'node(no-process-env)'],
  ['libs/platform/src/bootstrap.ts', reads, 'node(no-process-env)'],
  ['apps/orders/src/config/orders-config.ts', reads, undefined],
  ['apps/orders/src/main.ts', reads, undefined],
  ['apps/auth/src/keys/keys.module.ts', globalModule, 'eslint(no-restricted-imports)'],
  ['apps/auth/src/config/clock.ts', globalModule, undefined],
  ['apps/orders/src/orders/place-order.ts', statusInDomain, 'eslint(no-restricted-imports)'],
  ['apps/auth/src/admin/administrator.guard.ts', statusInDomain, undefined],
  ['libs/auth/src/index.ts', "export * from './other.js';\n", 'watchword(no-export-all)'],
  [
    'libs/auth/src/twice.ts',
    "import { a } from './a.js';\nimport type { B } from './a.js';\n\nexport const b: B = a;\n",
    'eslint(no-duplicate-imports)',
  ],
  ['libs/auth/src/needless.ts', '// oxlint-disable-next-line no-console\nexport const needless = 1;\n', UNUSED],
  [
    'libs/auth/src/guard.ts',
    'export function guard(token: any): string {\n  return String(token);\n}\n',
    'typescript(no-explicit-any)',
  ],
];

describe('the linter', () => {
  let tree: string;
  let found: string;

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'watchword-lint-'));
    for (const [file, content] of cases) {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), content);
    }
    for (const path of ['.oxlintrc.json', 'tsconfig.json', 'scripts/lint', 'package.json']) {
      await cp(join(root, path), join(tree, path), { recursive: true });
    }
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    found = await new Promise((resolve) => {
      execFile(
        join(root, 'node_modules/.bin/oxlint'),
        ['--report-unused-disable-directives', '--format', 'json'],
        { cwd: tree },
        (_error, stdout) => resolve(stdout),
      );
    });
  }, 60_000);

  afterAll(() => rm(tree, { recursive: true, force: true }));

  it.each(cases)('judges %s (%j) by the rule %s', (file, _content, rule) => {
    const { diagnostics } = JSON.parse(found) as {
      diagnostics: { code?: string; message: string; filename: string }[];
    };
    const codes = diagnostics.filter(({ filename }) => filename === file).map(({ code, message }) => code ?? message);
    expect(codes).toEqual(rule === undefined ? [] : [rule]);
  });
});
