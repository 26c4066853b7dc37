import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, at boot. Node's own `recursive` never returns below `/proc` (20, 22 and 24): it makes the
 * directory above anew as long as the one below cannot be made.
 *
 * @throws Error of the file system: a directory that cannot be made, a file in the way
 */
export function makeDirectory(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && isDirectory(path)) return;
    if (code !== 'ENOENT' || isDirectory(dirname(path))) throw error;
    makeDirectory(dirname(path));
    makeDirectory(path);
  }
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
