import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientSecret } from './client.js';

const SECRET_BYTES = 32;

/** A new secret: 256 random bits, base64url. */
export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** What is stored of a secret. It is as random as the hash is long, so a slow hash would only cost time. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The live secret that was presented. Compares with all of them, in constant time. */
export function findSecret(secrets: readonly ClientSecret[], presented: string): ClientSecret | undefined {
  const hash = hashSecret(presented);
  return secrets.filter((secret) => timingSafeEqual(secret.hash, hash))[0];
}
