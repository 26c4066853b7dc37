import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientSecret } from './client.js';

const SECRET_BYTES = 32;

/** A new secret: 256 random bits, in base64url. */
export function makeSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

/** The stored hash of a secret. A secret has 256 random bits, so a slow hash would have no benefit. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** The secret of the client that matches. Compares with all secrets, in constant time. */
export function findSecret(secrets: readonly ClientSecret[], presented: string): ClientSecret | undefined {
  const hash = hashSecret(presented);
  return secrets.filter((secret) => timingSafeEqual(secret.hash, hash))[0];
}
