import { makeDirectory, OperatorError } from '@watchword/platform';
import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a password into a new file that its owner alone can read, in place of one that is there.
 *
 * @param mend what the operator does where that fails
 * @throws OperatorError where the file cannot be written
 */
export function writePasswordFile(path: string, password: string, mend: string): void {
  try {
    makeDirectory(dirname(path));
    removePasswordFile(path);
    writeFileSync(path, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    throw new OperatorError(`A random password cannot be written to ${path} (${(error as Error).message}). ${mend}`);
  }
}

export function removePasswordFile(path: string): void {
  rmSync(path, { force: true });
}
