import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AsymmetricAlgorithm } from '../trusted-issuer.js';
import { decodeEd25519Point } from './ed25519-point.js';
import { ASYMMETRIC_ALGORITHMS } from './signature-algorithms.js';
import { PublicVerificationKey, type VerificationKey } from './verification-key.js';

const MAX_KEY_ID_LENGTH = 256;
const RSA_BITS = { min: 2048, max: 8192 };
const RSA_EXPONENT = { min: 65_537n, max: 2n ** 32n };
/** RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2; `priv` is of AKP keys, as ML-DSA uses them. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

export type JwkRecord = Readonly<Record<string, unknown>>;

/** Why a JWK must not be used. The message quotes no part of the key. */
export class UnsoundJwkError extends TypeError {
  override readonly name = 'UnsoundJwkError';
}

/**
 * The verification key of a public JWK (RFC 7517 §4) for these algorithms; `undefined` for a valid JWK with another purpose:
 * for encryption, for another algorithm, without a kid.
 *
 * @throws UnsoundJwkError
 */
export function readPublicJwk(jwk: unknown, algorithms: readonly AsymmetricAlgorithm[]): VerificationKey | undefined {
  if (!isRecord(jwk)) return fail('not an object');
  if (jwk.kty === 'oct') return fail('a symmetric key, which everyone who can read this set now knows');
  if (hasPrivateMember(jwk)) return fail('a private member: everyone who can read this set now knows the private key');
  const { kid } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID_LENGTH)) {
    return fail(`a kid that is not a string of 1 to ${MAX_KEY_ID_LENGTH} characters`);
  }
  const algorithm = algorithmOf(jwk, algorithms);
  if (kid === undefined || algorithm === undefined || !mayVerify(jwk)) return undefined;
  return new PublicVerificationKey(kid, algorithm, materialOf(jwk), importPublicKey(jwk, algorithm));
}

/** Each key has one algorithm: its `alg`, or the issuer's first algorithm for this type of key. */
function algorithmOf(jwk: JwkRecord, algorithms: readonly AsymmetricAlgorithm[]): AsymmetricAlgorithm | undefined {
  return algorithms.find((name) => {
    const { keyType, curve } = ASYMMETRIC_ALGORITHMS[name];
    return (jwk.alg === undefined || jwk.alg === name) && jwk.kty === keyType && (curve ?? jwk.crv) === jwk.crv;
  });
}

/** Checks `use` and `key_ops` (RFC 7517 §4.2, §4.3), if present. */
function mayVerify(jwk: JwkRecord): boolean {
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && typeof use !== 'string') return fail('a use that is not a string');
  if (operations !== undefined && !Array.isArray(operations)) return fail('key_ops that are not a list');
  return (use ?? 'sig') === 'sig' && (operations ?? ['verify']).includes('verify');
}

/** Whether it contains private key material. */
export function hasPrivateMember(jwk: JwkRecord): boolean {
  return PRIVATE_MEMBERS.some((member) => Object.hasOwn(jwk, member));
}

/** Identifies the key by its required members; optional members of a JWK do not make it a different key. */
export function materialOf({ kty, crv, x, y, n, e }: JwkRecord): string {
  return JSON.stringify([kty, crv, x, y, n, e]);
}

function importPublicKey(jwk: JwkRecord, algorithm: AsymmetricAlgorithm): KeyObject {
  const members = { EC: ['x', 'y'], RSA: ['n', 'e'], OKP: ['x'] }[ASYMMETRIC_ALGORITHMS[algorithm].keyType];
  for (const member of members) if (!isCanonicalBase64url(jwk[member])) fail(`its ${member} is not base64url`);
  let key: KeyObject;
  try {
    // OpenSSL refuses an EC point that is not on its curve here.
    key = createPublicKey({ key: jwk as { kty: string }, format: 'jwk' });
  } catch {
    return fail('not a valid public key');
  }
  if (jwk.kty === 'RSA') checkRsa(key, jwk.n as string);
  // OpenSSL checks an Ed25519 point only when it verifies a signature, and never checks its order.
  if (jwk.kty === 'OKP' && !decodeEd25519Point(Buffer.from(jwk.x as string, 'base64url'))) {
    fail('its point is not on the curve or of small order');
  }
  return key;
}

function checkRsa(key: KeyObject, n: string): void {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < RSA_BITS.min || modulusLength > RSA_BITS.max) {
    fail(`a modulus of ${modulusLength} bits: ${RSA_BITS.min} to ${RSA_BITS.max} are allowed`);
  }
  if ((Buffer.from(n, 'base64url').at(-1) ?? 0) % 2 === 0) fail('an even modulus');
  if (publicExponent < RSA_EXPONENT.min || publicExponent > RSA_EXPONENT.max || publicExponent % 2n === 0n) {
    fail('an exponent that is not odd and from 65537 to 2^32');
  }
}

function isCanonicalBase64url(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Buffer.from(value, 'base64url').toString('base64url') === value;
}

export function isRecord(value: unknown): value is JwkRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fail(reason: string): never {
  throw new UnsoundJwkError(reason);
}
