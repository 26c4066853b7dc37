import { AuthError } from './auth-error.js';
import { decodeJsonSegment } from './compact-token.js';

const MAX_KEY_ID_LENGTH = 256;
/** Parameters that would change what is verified or how. Not supported (RFC 7515 §4.1.11, RFC 7797, RFC 7516 §4.1.3). */
const REFUSED = ['crit', 'b64', 'zip'] as const;

/** The header parameters that are used. `jku`, `x5u`, `jwk` and `x5c` are ignored. */
export interface TokenHeader {
  readonly algorithm: string;
  readonly keyId: string;
  /** `typ`, normalized by {@link normalizeType}; `undefined` if there is none. */
  readonly type: string | undefined;
}

/** @throws AuthError `token_malformed`, `header_invalid` or `type_not_allowed` */
export function parseHeader(segment: string): TokenHeader {
  const header = decodeJsonSegment(segment);
  for (const name of REFUSED) {
    if (Object.hasOwn(header, name)) throw invalid(name, 'not allowed');
  }
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || alg === '') throw invalid('alg', 'not a non-empty string');
  if (typeof kid !== 'string' || kid === '') throw invalid('kid', 'not a non-empty string');
  if (kid.length > MAX_KEY_ID_LENGTH) throw invalid('kid', `longer than ${MAX_KEY_ID_LENGTH}`);
  if (typ !== undefined && typeof typ !== 'string') throw new AuthError('type_not_allowed', { reason: 'not a string' });
  return { algorithm: alg, keyId: kid, type: typ === undefined ? undefined : normalizeType(typ) };
}

/** Media types are case-insensitive and may leave out `application/` (RFC 7515 §4.1.9). */
export function normalizeType(type: string): string {
  const lower = type.toLowerCase();
  return lower.startsWith('application/') ? lower.slice('application/'.length) : lower;
}

function invalid(claim: string, reason: string): AuthError {
  return new AuthError('header_invalid', { claim, reason });
}
