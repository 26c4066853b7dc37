import { constants, type KeyObject, type SigningOptions } from 'node:crypto';
import type { AsymmetricAlgorithm } from '../trusted-issuer.js';

export type SignatureAlgorithm = AsymmetricAlgorithm | 'HS256';

interface AlgorithmDescription {
  readonly keyType: 'EC' | 'RSA' | 'OKP';
  /** For EC and OKP: the one curve of this algorithm (RFC 7518 §3.4, RFC 8037 §3.1). */
  readonly curve?: string;
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null;
  /** In bytes; an RSA signature is as long as its modulus. */
  readonly signatureLength?: number;
  readonly options: SigningOptions;
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
/** JWS has the two integers side by side (RFC 7518 §3.4), not ASN.1. */
const ecdsa = { dsaEncoding: 'ieee-p1363' } as const;

/** RFC 8037 §3.1 and, under a name that says the curve, RFC 9864 §2.2: the same signatures. */
const ed25519: AlgorithmDescription = {
  keyType: 'OKP',
  curve: 'Ed25519',
  digest: null,
  signatureLength: 64,
  options: {},
};

/** A closed table: an algorithm that is not here can't be configured, and `none` never is. */
export const ASYMMETRIC_ALGORITHMS: Readonly<Record<AsymmetricAlgorithm, AlgorithmDescription>> = {
  ES256: { keyType: 'EC', curve: 'P-256', digest: 'sha256', signatureLength: 64, options: ecdsa },
  ES384: { keyType: 'EC', curve: 'P-384', digest: 'sha384', signatureLength: 96, options: ecdsa },
  ES512: { keyType: 'EC', curve: 'P-521', digest: 'sha512', signatureLength: 132, options: ecdsa },
  RS256: { keyType: 'RSA', digest: 'sha256', options: pkcs1 },
  RS384: { keyType: 'RSA', digest: 'sha384', options: pkcs1 },
  RS512: { keyType: 'RSA', digest: 'sha512', options: pkcs1 },
  PS256: { keyType: 'RSA', digest: 'sha256', options: pss },
  PS384: { keyType: 'RSA', digest: 'sha384', options: pss },
  PS512: { keyType: 'RSA', digest: 'sha512', options: pss },
  EdDSA: ed25519,
  Ed25519: ed25519,
};

export function isAsymmetricAlgorithm(name: unknown): name is AsymmetricAlgorithm {
  return typeof name === 'string' && Object.hasOwn(ASYMMETRIC_ALGORITHMS, name);
}

/**
 * Whether two names mean one algorithm. `EdDSA` is that of the key's curve (RFC 8037 §3.1), and the only curve here is Ed25519:
 * a key that is published for one of the two names verifies what is signed under the other, if the issuer may use both.
 */
export function isSameAlgorithm(one: string, other: string): boolean {
  return one === other || (isEd25519(one) && isEd25519(other));
}

const isEd25519 = (name: string): boolean => name === 'EdDSA' || name === 'Ed25519';

/** What node:crypto needs to verify with this key. */
export function signatureParameters(
  algorithm: AsymmetricAlgorithm,
  key: KeyObject,
): { digest: string | null; signatureLength: number; options: SigningOptions } {
  const { digest, signatureLength, options } = ASYMMETRIC_ALGORITHMS[algorithm];
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return { digest, signatureLength: signatureLength ?? Math.ceil(modulusBits / 8), options };
}
