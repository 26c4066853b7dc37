import { AuthError } from './auth-error.js';

/**
 * Reads the access token from the Authorization header of a request (RFC 6750 §2.1, RFC 9110 §11.4).
 *
 * Pass every raw value of the header: Node's parsed headers silently drop a second Authorization header, and two
 * different values are an attack. Tokens in the query or the body are never read.
 *
 * @throws AuthError `credentials_missing` without a value, and for credentials of another scheme, which are answered with
 *   the challenge (RFC 9110 §11.6.1); `credentials_malformed` for anything else but one Bearer token.
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from 'node:http';
 * import { parseBearer, type TokenVerifier, type VerifiedToken } from '@watchword/auth/verification';
 *
 * export async function authenticate(request: IncomingMessage, verifier: TokenVerifier): Promise<VerifiedToken> {
 *   return verifier.verify(parseBearer(request.headersDistinct.authorization ?? []));
 * }
 * ```
 */
export function parseBearer(rawAuthorizationValues: readonly string[]): string {
  if (rawAuthorizationValues.length === 0) throw new AuthError('credentials_missing');
  if (rawAuthorizationValues.length > 1) throw malformed('more than one Authorization header');
  const value: unknown = rawAuthorizationValues[0];
  if (typeof value !== 'string') throw malformed('not a string');
  const token = value.slice(tokenStart(value));
  if (token === '') throw malformed('no token after the scheme');
  // These characters show that the header holds more than one credential. The verifier refuses all other invalid characters.
  if (token.includes(' ') || token.includes('\t') || token.includes(',')) throw malformed('more than a token');
  return token;
}

/** RFC 9110 §11.4, §5.6.2: an auth-scheme, one or more spaces, and more text. */
const OTHER_SCHEME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ +[^ ]/;

/** Where the token starts: after the scheme, which is case-insensitive, and one or more spaces. */
function tokenStart(value: string): number {
  if (!value.startsWith('Bearer ') && value.slice(0, 7).toLowerCase() !== 'bearer ') {
    if (OTHER_SCHEME.test(value)) throw new AuthError('credentials_missing', { reason: 'not the Bearer scheme' });
    throw malformed('no scheme');
  }
  let start = 7;
  while (value.charCodeAt(start) === 0x20) start += 1;
  return start;
}

function malformed(reason: string): AuthError {
  return new AuthError('credentials_malformed', { reason });
}
