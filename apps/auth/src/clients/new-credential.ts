import type { JsonWebKey } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { newId } from '../database/new-id.js';
import type { ClientKeys, ClientSecret } from './client.js';

/** A secret that works from now on, as a session of its own. `now` in milliseconds since the epoch. */
export function newSecretCredential(hash: Buffer, now: number): ClientSecret {
  return { sid: newId(now), hash, createdAt: new Date(now) };
}

/**
 * The public keys of a client that had `before` until now. Their session goes on as long as no key is taken away:
 * one that joins makes nothing worse that the others obtained.
 */
export function newKeysCredential(
  keys: readonly JsonWebKey[],
  before: ClientKeys | undefined,
  now: number,
): ClientKeys {
  const goesOn = before?.keys.every((old) => keys.some((key) => isDeepStrictEqual(key, old))) === true;
  return { sid: goesOn && before !== undefined ? before.sid : newId(now), keys };
}
