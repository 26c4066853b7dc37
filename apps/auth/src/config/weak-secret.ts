const LEAST_DISTINCT_BYTES = 16;
const WORDS = /change|secret|example|placeholder|password|default|insecure|dummy|sample|todo|xxxx|1234/i;
const PRINTABLE_ONLY = /^[\x20-\x7e]*$/;

/**
 * Why a secret, in base64url, cannot be random: it is a placeholder from a guide, text, or a repeated pattern.
 * The probability that a random secret of 32 bytes is refused is less than one in a million.
 *
 * @returns undefined if it looks random
 */
export function weaknessOf(secret: string): string | undefined {
  const bytes = Buffer.from(secret, 'base64url');
  if (PRINTABLE_ONLY.test(bytes.toString('latin1'))) return 'is text, not random bytes';
  if (new Set(bytes).size < LEAST_DISTINCT_BYTES) return 'repeats itself';
  if (WORDS.test(secret) && new Set(secret.toLowerCase()).size < LEAST_DISTINCT_BYTES)
    return 'looks like a placeholder';
  return undefined;
}
