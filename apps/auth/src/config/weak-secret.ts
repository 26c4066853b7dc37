const LEAST_DISTINCT_BYTES = 16;
const WORDS = /change|secret|example|placeholder|password|default|insecure|dummy|sample|todo|xxxx|1234/i;
const PRINTABLE_ONLY = /^[\x20-\x7e]*$/;

/**
 * Why a secret, given as base64url, can't be random: a placeholder from a guide, text, or a repeated pattern.
 * A random one of 32 bytes is refused less than once in a million.
 *
 * @returns undefined when nothing is wrong with it
 */
export function weaknessOf(secret: string): string | undefined {
  const bytes = Buffer.from(secret, 'base64url');
  if (PRINTABLE_ONLY.test(bytes.toString('latin1'))) return 'is text, not random bytes';
  if (new Set(bytes).size < LEAST_DISTINCT_BYTES) return 'repeats itself';
  if (WORDS.test(secret) && new Set(secret.toLowerCase()).size < LEAST_DISTINCT_BYTES)
    return 'looks like a placeholder';
  return undefined;
}
