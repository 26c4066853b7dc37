import { brand } from './brand.js';

/**
 * Why a request was refused. A closed set: decide by `code`, never by message.
 *
 * The code and its details are private and go to the log. {@link publicError} gives the part that a caller may see.
 */
export type AuthErrorCode =
  /** No credentials came with the request. */
  | 'credentials_missing'
  /** The credentials are not in the form of RFC 6750 §2.1: two headers, more than one token, or no token. */
  | 'credentials_malformed'
  /** No adapter supports this kind of execution context, so the request is refused. */
  | 'context_unsupported'
  /** Over the size limit. */
  | 'token_too_large'
  /** Not three canonical base64url segments of well-formed JSON objects. */
  | 'token_malformed'
  /** A header parameter is missing, of the wrong type or not allowed (`crit`, `b64`, `zip`). */
  | 'header_invalid'
  /** `typ` is not that of an access token (RFC 9068 §2.1). */
  | 'type_not_allowed'
  | 'algorithm_not_allowed'
  | 'issuer_unknown'
  | 'key_unknown'
  | 'signature_invalid'
  | 'claim_missing'
  | 'claim_invalid'
  | 'audience_mismatch'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_revoked'
  | 'scope_insufficient'
  | 'role_insufficient'
  /** The issuer's keys were never loaded, so this service cannot verify tokens at the moment. */
  | 'keys_unavailable'
  /** The revocation list is out of date, and this service is configured to refuse tokens in that case. */
  | 'revocations_unknown';

/** The part of a refusal that a caller may see; `code` is the stable `code` of the problem document. */
export interface PublicAuthError {
  /** The HTTP status. */
  readonly status: 400 | 401 | 403 | 503;
  readonly code:
    | 'authentication_required'
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_role'
    | 'temporarily_unavailable';
  /** Contains no private detail. */
  readonly message: string;
  /** The required scopes; only with `insufficient_scope` (RFC 6750 §3). */
  readonly scope?: string;
}

/** Details of a refusal, for the log. */
export interface AuthErrorDetail {
  /** The claim or header parameter that caused the refusal. */
  readonly claim?: string;
  /** What is wrong with it, for the log. It never contains a part of the token. */
  readonly reason?: string;
  /** The required scopes. */
  readonly scopes?: readonly string[];
  readonly cause?: unknown;
}

const PUBLIC: Record<AuthErrorCode, Omit<PublicAuthError, 'scope'>> = (() => {
  const required = { status: 401, code: 'authentication_required', message: 'Authentication is required' } as const;
  const malformed = { status: 400, code: 'invalid_request', message: 'The credentials are malformed' } as const;
  const invalid = { status: 401, code: 'invalid_token', message: 'The access token is not valid' } as const;
  const unavailable = {
    status: 503,
    code: 'temporarily_unavailable',
    message: 'Tokens cannot be verified right now',
  } as const;
  return {
    credentials_missing: required,
    credentials_malformed: malformed,
    context_unsupported: required,
    token_too_large: invalid,
    token_malformed: invalid,
    header_invalid: invalid,
    type_not_allowed: invalid,
    algorithm_not_allowed: invalid,
    issuer_unknown: invalid,
    key_unknown: invalid,
    signature_invalid: invalid,
    claim_missing: invalid,
    claim_invalid: invalid,
    audience_mismatch: invalid,
    token_expired: invalid,
    token_not_yet_valid: invalid,
    token_revoked: invalid,
    scope_insufficient: {
      status: 403,
      code: 'insufficient_scope',
      message: 'The access token does not have a scope that this request needs',
    },
    role_insufficient: {
      status: 403,
      code: 'insufficient_role',
      message: 'The caller does not have a role that this request needs',
    },
    keys_unavailable: unavailable,
    revocations_unknown: unavailable,
  };
})();

/**
 * A refusal, with the reason for the log. It has no stack trace: a refusal is not a bug, and capturing the trace would be
 * its most expensive part. Attackers decide how many refusals there are.
 *
 * @example
 * ```ts
 * import { AuthError, type TokenVerifier } from '@watchword/auth/verification';
 *
 * export async function isExpired(verifier: TokenVerifier, token: string): Promise<boolean> {
 *   try {
 *     await verifier.verify(token);
 *     return false;
 *   } catch (error) {
 *     if (error instanceof AuthError) return error.code === 'token_expired';
 *     throw error;
 *   }
 * }
 * ```
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  /** Decide by this, never by the message. */
  readonly code: AuthErrorCode;
  /** The claim or header parameter that caused the refusal. */
  readonly claim: string | undefined;
  /** What is wrong with it, for the log. */
  readonly reason: string | undefined;
  /** The required scopes, with `scope_insufficient`. */
  readonly scopes: readonly string[] | undefined;

  constructor(code: AuthErrorCode, detail: AuthErrorDetail = {}) {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(
      [code, detail.claim, detail.reason].filter(Boolean).join(': '),
      detail.cause === undefined ? undefined : { cause: detail.cause },
    );
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.claim = detail.claim;
    this.reason = detail.reason;
    this.scopes = detail.scopes;
  }
}

brand(AuthError, 'watchword:AuthError');

/**
 * The part of a refusal that a caller may see.
 *
 * @example
 * ```ts
 * import type { Socket } from 'node:net';
 * import { type AuthError, publicError } from '@watchword/auth/verification';
 *
 * export function refuse(socket: Socket, error: AuthError): void {
 *   const { status, code, message } = publicError(error);
 *   socket.end(JSON.stringify({ status, code, message }));
 * }
 * ```
 */
export function publicError(error: AuthError): PublicAuthError {
  const shown = PUBLIC[error.code];
  return error.scopes === undefined ? shown : { ...shown, scope: error.scopes.join(' ') };
}
