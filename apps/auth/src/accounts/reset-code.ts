import { createHash, randomBytes } from 'node:crypto';

/** 120 bits. From 112 bits on, a plain hash is sufficient (OWASP ASVS 5.0, 6.5.2). */
const CODE_BYTES = 15;
/** Crockford's Base32, without characters that are easily confused. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new code in the form for people: `7K3M-9QXA-…`, six groups of four characters. */
export function makeResetCode(): string {
  const bits = Array.from(randomBytes(CODE_BYTES), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const characters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five, 2))).join('');
  return (characters.match(/.{4}/g) ?? []).join('-');
}

/** The stored hash of a code. Dashes and case are ignored; `O` is read as `0`, `I` and `L` as `1`. */
export function hashResetCode(code: string): Buffer {
  const characters = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return createHash('sha256').update(characters).digest();
}
