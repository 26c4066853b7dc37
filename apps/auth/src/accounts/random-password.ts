import { randomBytes } from 'node:crypto';

const LEAST_BYTES = 18;

/**
 * A password for a person to change: at least 144 random bits, base64url.
 *
 * @param shortest characters that a password must have here
 */
export function randomPassword(shortest: number): string {
  return randomBytes(Math.max(LEAST_BYTES, Math.ceil((shortest * 6) / 8))).toString('base64url');
}
