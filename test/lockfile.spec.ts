import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/**
 * A registry that lacks some platforms' binaries makes `npm install` write a lockfile without them, and `npm ci`
 * refuses that one, there and on those platforms.
 */
it.each(['package-lock.json', 'bench/package-lock.json'])('%s names the binaries of every platform', async (file) => {
  const { packages } = JSON.parse(await readFile(join(import.meta.dirname, '..', file), 'utf8')) as Lockfile;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        packages[`node_modules/${name}`] === undefined && packages[`${path}/node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
