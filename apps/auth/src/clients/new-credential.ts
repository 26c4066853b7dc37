import type { JsonWebKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../database/new-id.js';
import type { ClientKeys, ClientSecret } from './client.js';

/** A new secret with its own session. @param now in milliseconds since the epoch */
export function newSecretCredential(hash: Buffer, now: number): ClientSecret {
  return { sid: newId(now), hash, createdAt: new Date(now) };
}

/**
 * The new public keys of a client that had `before`. Their session continues as long as no key is removed: adding a key does not
 * affect tokens that were obtained with the others.
 */
export function newKeysCredential(
  keys: readonly JsonWebKey[],
  before: ClientKeys | undefined,
  now: number,
): ClientKeys {
  const goesOn = before?.keys.every((old) => keys.some((key) => isDeepStrictEqual(key, old))) === true;
  return { sid: goesOn && before !== undefined ? before.sid : newId(now), keys };
}
