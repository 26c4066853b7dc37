import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';

/** The algorithms with which clients may sign assertions (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2). */
export const ASSERTION_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const;
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number];

const MAX_KEYS = 10;
const KEY_ID = /^\P{Cc}{1,256}$/u;
const RSA_BITS = { min: 2048, max: 8192 };
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Why the JWK Set of a client is refused. The message names the key by its index. */
export class ClientKeysError extends Error {
  override readonly name = 'ClientKeysError';
}

/**
 * Validates the public keys of a client (RFC 7591 §2 `jwks`). Each key gets one algorithm (RFC 8725 §3.1), and a kid if it has none;
 * other members are removed.
 *
 * @throws ClientKeysError
 */
export async function readClientKeys(jwks: unknown): Promise<readonly JsonWebKey[]> {
  const keys = isRecord(jwks) ? jwks['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_KEYS) {
    throw new ClientKeysError(`jwks must have a list of 1 to ${String(MAX_KEYS)} keys`);
  }
  const read = await Promise.all(keys.map((jwk: unknown, index) => readKey(jwk, index)));
  if (new Set(read.map(({ kid }) => kid)).size < read.length) throw new ClientKeysError('two keys have the same kid');
  return read;
}

async function readKey(jwk: unknown, index: number): Promise<JsonWebKey> {
  const fail = (reason: string): never => {
    throw new ClientKeysError(`key ${String(index)} ${reason}`);
  };
  if (!isRecord(jwk)) return fail('is not an object');
  if (PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member))) return fail('is not a public key');
  if ((jwk['use'] ?? 'sig') !== 'sig') return fail('is not for signatures');
  const key = importKey(jwk) ?? fail('is not a valid public key');
  const algorithm = algorithmOf(key, jwk['alg']);
  if (algorithm === undefined) {
    return fail(`must be of P-256 (ES256) or Ed25519 (EdDSA), or of RSA with 2048 bits or more and alg RS256 or PS256`);
  }
  const material = key.export({ format: 'jwk' });
  const kid = jwk['kid'] ?? (await calculateJwkThumbprint(material));
  if (typeof kid !== 'string' || !KEY_ID.test(kid))
    return fail('has a kid that is not a string of 1 to 256 characters');
  return { ...material, kid, alg: algorithm, use: 'sig' };
}

function importKey(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function algorithmOf(key: KeyObject, named: unknown): AssertionAlgorithm | undefined {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1' && (named ?? 'ES256') === 'ES256') return 'ES256';
  if (key.asymmetricKeyType === 'ed25519' && (named ?? 'EdDSA') === 'EdDSA') return 'EdDSA';
  if (key.asymmetricKeyType === 'ed25519' && named === 'Ed25519') return 'Ed25519';
  const large = modulusLength >= RSA_BITS.min && modulusLength <= RSA_BITS.max;
  if (key.asymmetricKeyType === 'rsa' && large && (named === 'RS256' || named === 'PS256')) return named;
  return undefined;
}

/** The names of the key's algorithm in the header of an assertion: Ed25519 has two (RFC 9864 §2.2). */
export function algorithmNamesOf({ alg }: JsonWebKey): string[] {
  return alg === 'EdDSA' || alg === 'Ed25519' ? ['EdDSA', 'Ed25519'] : [String(alg)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
