import { createHash, randomBytes } from 'node:crypto';

/** 120 bits: more than the 112 from which on a plain hash is enough (OWASP ASVS 5.0, 6.5.2). */
const CODE_BYTES = 15;
/** Crockford's: what is easily mistaken for another character is not in it. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new code, as a person reads and types it: `7K3M-9QXA-…`, six groups of four. */
export function makeResetCode(): string {
  const bits = Array.from(randomBytes(CODE_BYTES), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
  return (characters.match(/.{4}/g) ?? []).join('-');
}

/** What is stored of a code. However it is typed: without dashes, in small letters, `O` for `0`, `I` or `L` for `1`. */
export function hashResetCode(code: string): Buffer {
  const characters = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(characters).digest();
}
