import { AuthError } from './auth-error.js';
import { parseStrictJsonObject } from './strict-json.js';

/** In characters. Node's default limit for all headers of a request is also 16 KiB. */
export const MAX_TOKEN_LENGTH = 16 * 1024;

/** The three segments of a JWS Compact Serialization (RFC 7515 §7.1), still encoded. */
export interface CompactToken {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  /** The JWS Signing Input: the first two segments and the dot between them (RFC 7515 §5.2). */
  readonly signingInput: string;
}

/** @throws AuthError `token_too_large` over 16,384 characters, `token_malformed` unless it has three non-empty segments. */
export function splitToken(token: string): CompactToken {
  if (token.length > MAX_TOKEN_LENGTH) throw new AuthError('token_too_large');
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1 || token.indexOf('.', second + 1) !== -1) {
    throw malformed('not three segments');
  }
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  };
}

/**
 * Decodes base64url (RFC 4648 §5) in its canonical form only, so that no two different tokens have the same meaning:
 * no padding, no white space, no `+` or `/`, no unused bits set in the last character.
 *
 * @throws AuthError `token_malformed`
 */
export function decodeSegment(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (bytes.length === 0 || bytes.toString('base64url') !== segment) throw malformed('not canonical base64url');
  return bytes;
}

/** @throws AuthError `token_malformed` */
export function decodeJsonSegment(segment: string): Record<string, unknown> {
  const bytes = decodeSegment(segment);
  try {
    return parseStrictJsonObject(bytes);
  } catch (error) {
    throw malformed((error as SyntaxError).message);
  }
}

function malformed(reason: string): AuthError {
  return new AuthError('token_malformed', { reason });
}
