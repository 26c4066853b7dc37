import { makeDirectory, OperatorError } from '@watchword/platform';
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { AuthConfig } from '../../config/index.js';
import { type KeyEncryptionKeys, parseKeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';

/**
 * The key-encryption keys of the configuration, or those of the file that is used by default with the embedded database.
 *
 * @throws OperatorError if that file cannot be read or created, or contains something else
 */
export function openKeyEncryptionKeys({ KEY_ENCRYPTION_KEYS, DATA_DIR }: AuthConfig): KeyEncryptionKeys {
  return KEY_ENCRYPTION_KEYS === undefined
    ? readOrMakeKeyFile(join(DATA_DIR, 'auth-key-encryption-key'))
    : parseKeyEncryptionKeys(KEY_ENCRYPTION_KEYS);
}

/**
 * The key-encryption key in a file, for the embedded database. It is created at the first start, and only its owner can read it.
 * It is written to a temporary file and then linked, so that a crash leaves no incomplete file, and only one of two instances creates it.
 *
 * @throws OperatorError if the file cannot be read or created, or contains something else
 */
export function readOrMakeKeyFile(path: string): KeyEncryptionKeys {
  const text = withFile(path, () => read(path) ?? make(path));
  try {
    return parseKeyEncryptionKeys(text);
  } catch (error) {
    throw new OperatorError(
      `The file ${path} holds no key-encryption key (${(error as TypeError).message}). Restore it from a backup: the ` +
        'signing keys in the database can only be decrypted with it. If there is none, see "The key-encryption key is lost" in docs/operations.md.',
    );
  }
}

function withFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new OperatorError(
      `The key-encryption key in ${path} cannot be read or created (${(error as Error).message}). ` +
        'Allow this user to read and write it, or set DATA_DIR or KEY_ENCRYPTION_KEYS.',
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
