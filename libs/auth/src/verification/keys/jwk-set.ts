import { createPublicKey, type KeyObject } from 'node:crypto';
import type { AsymmetricAlgorithm } from '../trusted-issuer.js';
import { decodeEd25519Point } from './ed25519-point.js';
import { ASYMMETRIC_ALGORITHMS } from './signature-algorithms.js';
import { PublicVerificationKey, type VerificationKey } from './verification-key.js';

const MAX_KEYS = 100;
const MAX_KEY_ID_LENGTH = 256;
const RSA_BITS = { min: 2048, max: 8192 };
const RSA_EXPONENT = { min: 65_537n, max: 2n ** 32n };
/** RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2; `priv` of the AKP keys that ML-DSA has. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** Why a JWK Set is refused. Its message names the key by its place, and quotes nothing of it. */
export class JwkSetError extends TypeError {
  override readonly name = 'JwkSetError';
}

/**
 * The verification keys of a JWK Set (RFC 7517 §5), by kid, for these algorithms.
 *
 * A key that is sound but for something else (encryption, another algorithm, no kid) is left out.
 * A key that is not sound makes the whole set suspect, and none of it is used.
 *
 * @throws JwkSetError
 */
export function readJwkSet(
  set: { readonly keys?: unknown },
  algorithms: readonly AsymmetricAlgorithm[],
): ReadonlyMap<string, VerificationKey> {
  if (!Array.isArray(set.keys)) throw new JwkSetError('no list of keys');
  if (set.keys.length > MAX_KEYS) throw new JwkSetError(`more than ${MAX_KEYS} keys`);
  const keys = new Map<string, VerificationKey>();
  const seen = new Set<string>();
  for (const [index, jwk] of (set.keys as unknown[]).entries()) {
    const fail = (reason: string): never => {
      throw new JwkSetError(`key ${index}: ${reason}`);
    };
    if (!isRecord(jwk)) return fail('not an object');
    const key = readJwk(jwk, algorithms, fail);
    if (typeof jwk.kid === 'string' && seen.has(jwk.kid)) return fail('a kid that is there twice');
    if (typeof jwk.kid === 'string') seen.add(jwk.kid);
    if (key !== undefined) keys.set(key.keyId, key);
  }
  if (keys.size === 0) throw new JwkSetError('no key that can verify');
  return keys;
}

type Fail = (reason: string) => never;
type JwkRecord = Readonly<Record<string, unknown>>;

function readJwk(jwk: JwkRecord, algorithms: readonly AsymmetricAlgorithm[], fail: Fail): VerificationKey | undefined {
  if (jwk.kty === 'oct') return fail('a symmetric key');
  for (const member of PRIVATE_MEMBERS) if (Object.hasOwn(jwk, member)) return fail('a private member');
  const { kid } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || kid === '' || kid.length > MAX_KEY_ID_LENGTH)) {
    return fail(`a kid that is not a string of 1 to ${MAX_KEY_ID_LENGTH} characters`);
  }
  const algorithm = algorithmOf(jwk, algorithms);
  if (kid === undefined || algorithm === undefined || !mayVerify(jwk, fail)) return undefined;
  return new PublicVerificationKey(kid, algorithm, materialOf(jwk), importPublicKey(jwk, algorithm, fail));
}

/** Each key has one algorithm: its `alg`, or else the issuer's first that its type can have. */
function algorithmOf(jwk: JwkRecord, algorithms: readonly AsymmetricAlgorithm[]): AsymmetricAlgorithm | undefined {
  return algorithms.find((name) => {
    const { keyType, curve } = ASYMMETRIC_ALGORITHMS[name];
    return (jwk.alg === undefined || jwk.alg === name) && jwk.kty === keyType && (curve ?? jwk.crv) === jwk.crv;
  });
}

/** `use` and `key_ops` (RFC 7517 §4.2, §4.3), where they are there. */
function mayVerify(jwk: JwkRecord, fail: Fail): boolean {
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && typeof use !== 'string') return fail('a use that is not a string');
  if (operations !== undefined && !Array.isArray(operations)) return fail('key_ops that are not a list');
  return (use ?? 'sig') === 'sig' && (operations ?? ['verify']).includes('verify');
}

/** The required members alone; what else a JWK says does not make it another key. */
function materialOf({ kty, crv, x, y, n, e }: JwkRecord): string {
  return JSON.stringify([kty, crv, x, y, n, e]);
}

function importPublicKey(jwk: JwkRecord, algorithm: AsymmetricAlgorithm, fail: Fail): KeyObject {
  const members = { EC: ['x', 'y'], RSA: ['n', 'e'], OKP: ['x'] }[ASYMMETRIC_ALGORITHMS[algorithm].keyType];
  for (const member of members) if (!isCanonicalBase64url(jwk[member])) fail(`its ${member} is not base64url`);
  let key: KeyObject;
  try {
    // OpenSSL refuses an EC point that is not on its curve here.
    key = createPublicKey({ key: jwk as { kty: string }, format: 'jwk' });
  } catch {
    return fail('not a valid public key');
  }
  if (jwk.kty === 'RSA') checkRsa(key, jwk.n as string, fail);
  // It does not look at an Ed25519 point before it verifies with it, and never at its order.
  if (jwk.kty === 'OKP' && !decodeEd25519Point(Buffer.from(jwk.x as string, 'base64url'))) {
    fail('its point is not on the curve or of small order');
  }
  return key;
}

function checkRsa(key: KeyObject, n: string, fail: Fail): void {
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

function isRecord(value: unknown): value is JwkRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
