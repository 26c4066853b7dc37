import { constants, type KeyObject, type SigningOptions } from 'node:crypto';
import type { AsymmetricAlgorithm } from '../trusted-issuer.js';

export type SignatureAlgorithm = AsymmetricAlgorithm | 'HS256';

interface AlgorithmDescription {
  readonly keyType: 'EC' | 'RSA' | 'OKP';
  /** For EC and OKP: the curve of this algorithm (RFC 7518 §3.4, RFC 8037 §3.1). */
  readonly curve?: string;
  readonly digest: 'sha256' | 'sha384' | 'sha512' | null;
  /** In bytes. Undefined for RSA: there the signature is as long as the modulus. */
  readonly signatureLength?: number;
  readonly options: SigningOptions;
}

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
/** JWS concatenates the two integers (RFC 7518 §3.4) and does not use ASN.1. */
const ecdsa = { dsaEncoding: 'ieee-p1363' } as const;

/** `EdDSA` (RFC 8037 §3.1) and `Ed25519` (RFC 9864 §2.2) are the same signatures. */
const ed25519: AlgorithmDescription = {
  keyType: 'OKP',
  curve: 'Ed25519',
  digest: null,
  signatureLength: 64,
  options: {},
};

/** All supported algorithms. Others cannot be configured; `none` is never supported. */
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
 * Whether two names mean the same algorithm. The algorithm of `EdDSA` depends on the curve of the key (RFC 8037 §3.1), and
 * Ed25519 is the only supported curve. So a key that is published with one of the two names also verifies tokens with the
 * other one, if the issuer may use both.
 */
export function isSameAlgorithm(one: string, other: string): boolean {
  return one === other || (isEd25519(one) && isEd25519(other));
}

const isEd25519 = (name: string): boolean => name === 'EdDSA' || name === 'Ed25519';

/** The parameters that node:crypto needs to verify with this key. */
export function signatureParameters(
  algorithm: AsymmetricAlgorithm,
  key: KeyObject,
): { digest: string | null; signatureLength: number; options: SigningOptions } {
  const { digest, signatureLength, options } = ASYMMETRIC_ALGORITHMS[algorithm];
  const modulusBits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return { digest, signatureLength: signatureLength ?? Math.ceil(modulusBits / 8), options };
}
