import { createHash, createSecretKey } from 'node:crypto';
import { SecretVerificationKey } from './verification-key.js';

/** HS256 needs a key that is at least as long as its hash output (RFC 7518 §3.2). */
const MIN_BYTES = 32;
/** The probability that 32 random bytes have fewer different values is 10^-13. */
const MIN_DIFFERENT_BYTES = 18;
/** Long enough and looks random, but is published in RFC 7515 §A.1. */
const PUBLISHED = ['AyM1SysPpbyDfZIld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow'];

const FIX = `Make one with: node -p "crypto.randomBytes(32).toString('base64url')"`;

/**
 * The bytes of a shared secret. The issuer and every verifier read it with this function.
 *
 * @param secret base64url without padding
 * @throws TypeError if it is shorter than 32 bytes, easy to guess or published. The message contains no part of the secret.
 *
 * @example
 * ```ts
 * import { createHmac } from 'node:crypto';
 * import { readSharedSecret } from '@watchword/auth/verification';
 *
 * export function sign(signingInput: string, secret: string): string {
 *   return createHmac('sha256', readSharedSecret(secret)).update(signingInput).digest('base64url');
 * }
 * ```
 */
export function readSharedSecret(secret: string): Buffer {
  const bytes = Buffer.from(secret, 'base64url');
  if (bytes.toString('base64url') !== secret) throw weak('is not base64url');
  if (bytes.length < MIN_BYTES) throw weak(`has ${bytes.length} bytes; it needs at least ${MIN_BYTES}`);
  if (PUBLISHED.includes(secret)) throw weak('is a published example');
  if (new Set(bytes).size < MIN_DIFFERENT_BYTES || isProgression(bytes)) throw weak('repeats itself');
  if (isText(bytes) || (isOneCase(secret) && !isHex(secret))) throw weak('is text, not random bytes');
  return bytes;
}

/**
 * The kid of a shared secret: the RFC 7638 thumbprint of its oct JWK (RFC 7638 §3.2), the same on both sides.
 *
 * The kid is public. That is safe for a secret that {@link readSharedSecret} accepts: the kid is a SHA-256 hash, and 2^256
 * inputs cannot be searched. With a weak secret it could be used to test guesses, as any token signed with it can.
 *
 * @throws TypeError for a weak secret
 *
 * @example
 * ```ts
 * import { sharedSecretKeyId } from '@watchword/auth/verification';
 *
 * export function headerOf(secret: string) {
 *   return { typ: 'at+jwt', alg: 'HS256', kid: sharedSecretKeyId(secret) };
 * }
 * ```
 */
export function sharedSecretKeyId(secret: string): string {
  const k = readSharedSecret(secret).toString('base64url');
  return createHash('sha256')
    .update(JSON.stringify({ k, kty: 'oct' }))
    .digest('base64url');
}

export function sharedSecretKey(secret: string): SecretVerificationKey {
  return new SecretVerificationKey(sharedSecretKeyId(secret), createSecretKey(readSharedSecret(secret)));
}

/** Bytes with a constant difference (0, 1, 2, …), as in test vectors. */
function isProgression(bytes: Buffer): boolean {
  const step = (index: number) => ((bytes[index] ?? 0) - (bytes[index - 1] ?? 0)) & 0xff;
  return bytes.every((_, index) => index === 0 || step(index) === step(1));
}

function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function isOneCase(text: string): boolean {
  return text === text.toLowerCase() || text === text.toUpperCase();
}

function isHex(text: string): boolean {
  return /^[0-9a-f]{64,}$/i.test(text) && new Set(text.toLowerCase()).size > 10;
}

function weak(reason: string): TypeError {
  return new TypeError(`The shared secret ${reason}. ${FIX}`);
}
