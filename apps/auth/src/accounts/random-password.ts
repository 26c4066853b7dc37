import { randomBytes } from 'node:crypto';

const BYTES = 18;

/** A password for a person to change: 144 random bits, base64url. */
export function randomPassword(): string {
  return randomBytes(BYTES).toString('base64url');
}
