import { makeDirectory, OperatorError } from '@watchword/platform';
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuthConfig } from '../../config/index.js';
import { type KeyEncryptionKeys, parseKeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';

/**
 * The key-encryption keys of the configuration, or the embedded default's own.
 *
 * @throws OperatorError where the file of the latter can not be read or made, or holds something else
 */
export function openKeyEncryptionKeys({ KEY_ENCRYPTION_KEYS, DATA_DIR }: AuthConfig): KeyEncryptionKeys {
  return KEY_ENCRYPTION_KEYS === undefined
    ? readOrMakeKeyFile(join(DATA_DIR, 'auth-key-encryption-key'))
    : parseKeyEncryptionKeys(KEY_ENCRYPTION_KEYS);
}

/**
 * The embedded default's own key-encryption key: made at first boot, readable by its owner alone.
 * Written beside and linked into place, so that a crash never leaves half a file, and of two instances one wins.
 *
 * @throws OperatorError where the file cannot be read or made, or holds something else
 */
export function readOrMakeKeyFile(path: string): KeyEncryptionKeys {
  const text = withFile(path, () => read(path) ?? make(path));
  try {
    return parseKeyEncryptionKeys(text);
  } catch (error) {
    throw new OperatorError(
      `The file ${path} holds no key-encryption key (${(error as TypeError).message}). Put it back from a backup: the ` +
        'signing keys in the database open with it alone. If there is none, see "The key-encryption key is lost" in docs/operations.md.',
    );
  }
}

function withFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new OperatorError(
      `The key-encryption key in ${path} cannot be read or made (${(error as Error).message}). ` +
        'Let this user read and write it, or set DATA_DIR or KEY_ENCRYPTION_KEYS.',
    );
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function make(path: string): string {
  makeDirectory(dirname(path));
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `1:${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
