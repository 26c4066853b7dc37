import { randomBytes } from 'node:crypto';

const LEAST_BYTES = 18;

/**
 * A random password, which the person should change: at least 144 bits, in base64url.
 *
 * @param shortest the minimum length of a password
 */
export function randomPassword(shortest: number): string {
  return randomBytes(Math.max(LEAST_BYTES, Math.ceil((shortest * 6) / 8))).toString('base64url');
}
