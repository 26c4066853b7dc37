import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK } from 'jose';
import { type AsymmetricAlgorithm, type Jwk, sharedSecretKeyId } from '../verification/index.js';
import { ASYMMETRIC_ALGORITHMS, signatureParameters } from '../verification/keys/signature-algorithms.js';

/** A signing key of a test issuer. */
export interface SigningKey {
  readonly keyId: string;
  readonly algorithm: AsymmetricAlgorithm | 'HS256';
  /** The published key; undefined for a shared secret. */
  readonly publicJwk: Jwk | undefined;
  /** Only for HS256. */
  readonly secret: string | undefined;
  /** The signature as a JWS has it (RFC 7515 §5.1). */
  sign(signingInput: string): Buffer;
}

/**
 * A new key pair for this algorithm. Its id is its thumbprint (RFC 7638).
 *
 * @example
 * ```ts
 * import { createSigningKey, type TestIssuer } from '@watchword/auth/testing';
 *
 * // A token of a key that the issuer does not publish.
 * export async function signedByAnotherKey(issuer: TestIssuer): Promise<string> {
 *   return issuer.mint({}, { key: await createSigningKey('ES256') });
 * }
 * ```
 */
export async function createSigningKey(algorithm: AsymmetricAlgorithm): Promise<SigningKey> {
  const { publicKey, privateKey } = generateKeyPair(algorithm);
  const jwk = await exportJWK(publicKey);
  const keyId = await calculateJwkThumbprint(jwk);
  const { digest, options } = signatureParameters(algorithm, publicKey);
  return {
    keyId,
    algorithm,
    publicJwk: { ...jwk, kid: keyId, alg: algorithm, use: 'sig' },
    secret: undefined,
    sign: (signingInput) => sign(digest, Buffer.from(signingInput), { key: privateKey, ...options }),
  };
}

/**
 * An HS256 key.
 *
 * @param secret base64url; default: 32 random bytes
 * @throws TypeError for a weak secret
 *
 * @example
 * ```ts
 * import { createSecretSigningKey, signToken } from '@watchword/auth/testing';
 *
 * const key = createSecretSigningKey();
 * export const token = signToken(key, { typ: 'at+jwt', alg: 'HS256', kid: key.keyId }, { sub: 'ada' });
 * ```
 */
export function createSecretSigningKey(secret: string = randomBytes(32).toString('base64url')): SigningKey {
  const bytes = Buffer.from(secret, 'base64url');
  return {
    keyId: sharedSecretKeyId(secret),
    algorithm: 'HS256',
    publicJwk: undefined,
    secret,
    sign: (signingInput) => createHmac('sha256', bytes).update(signingInput).digest(),
  };
}

function generateKeyPair(algorithm: AsymmetricAlgorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  const { keyType, curve } = ASYMMETRIC_ALGORITHMS[algorithm];
  if (keyType === 'OKP') return generateKeyPairSync('ed25519');
  if (keyType === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: curve ?? 'P-256' });
}
