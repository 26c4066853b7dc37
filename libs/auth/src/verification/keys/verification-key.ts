import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { type SignatureAlgorithm, signatureParameters } from './signature-algorithms.js';
import { signatureChecker, type SignatureKey } from './signature-checker.js';

/** One key for one algorithm (RFC 8725 §3.1). */
export interface VerificationKey {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** Identifies the key material, to distinguish keys that share a kid. */
  readonly material: string;
  /**
   * Until when its source trusts it, in milliseconds since the epoch; in the past once the key is no longer trusted.
   * Checked at every use, also for cached tokens.
   */
  readonly trustedUntil: number;
  trustUntil(time: number): void;
  distrust(): void;
  verify(signingInput: string, signature: Buffer): boolean | Promise<boolean>;
}

abstract class Trustable {
  trustedUntil = Number.NEGATIVE_INFINITY;

  trustUntil(time: number): void {
    this.trustedUntil = time;
  }

  distrust(): void {
    this.trustedUntil = Number.NEGATIVE_INFINITY;
  }
}

/** A public key. {@link signatureChecker} decides whether it verifies synchronously or in the thread pool. */
export class PublicVerificationKey extends Trustable implements VerificationKey {
  readonly #key: SignatureKey;
  readonly #digest: string | null;
  readonly #signatureLength: number;

  constructor(
    readonly keyId: string,
    readonly algorithm: Exclude<SignatureAlgorithm, 'HS256'>,
    readonly material: string,
    key: KeyObject,
  ) {
    super();
    const { digest, signatureLength, options } = signatureParameters(algorithm, key);
    this.#digest = digest;
    this.#signatureLength = signatureLength;
    this.#key = { key, ...options };
  }

  verify(signingInput: string, signature: Buffer): boolean | Promise<boolean> {
    if (signature.length !== this.#signatureLength) return false;
    return signatureChecker.check(this.#digest, Buffer.from(signingInput, 'latin1'), this.#key, signature);
  }
}

/** A secret shared with the issuer (HS256, RFC 7518 §3.2). Verifies synchronously, in microseconds. */
export class SecretVerificationKey extends Trustable implements VerificationKey {
  readonly algorithm = 'HS256';
  readonly #secret: KeyObject;

  constructor(
    readonly keyId: string,
    secret: KeyObject,
  ) {
    super();
    this.#secret = secret;
  }

  /** The kid is the secret's thumbprint. */
  get material(): string {
    return this.keyId;
  }

  verify(signingInput: string, signature: Buffer): boolean {
    const expected = createHmac('sha256', this.#secret).update(signingInput, 'latin1').digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
}
