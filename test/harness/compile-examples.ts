import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Compiles each example as a module of its own, by this repository's settings. @returns what tsc says; '' where all is well */
export async function compileExamples(examples: ReadonlyMap<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-examples-'));
  try {
    await Promise.all([...examples].map(([name, code]) => writeFile(join(folder, `${name}.ts`), code)));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: { moduleDetection: 'force' },
        include: ['*.ts'],
      }),
    );
    return await new Promise((resolve) => {
      const args = ['--project', folder, '--pretty', 'false'];
      execFile(join(root, 'node_modules/.bin/tsc'), args, { cwd: folder }, (_error, stdout) => resolve(stdout));
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
