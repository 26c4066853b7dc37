import { makeDirectory, OperatorError } from '@watchword/platform';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a password into a new file that only its owner can read. An existing file is replaced.
 *
 * @param fix what the operator should do if this fails
 * @throws OperatorError if the file cannot be written
 */
export function writePasswordFile(path: string, password: string, fix: string): void {
  try {
    makeDirectory(dirname(path));
    removePasswordFile(path);
    writeFileSync(path, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    throw new OperatorError(`A random password cannot be written to ${path} (${(error as Error).message}). ${fix}`);
  }
}

export function removePasswordFile(path: string): void {
  rmSync(path, { force: true });
}
