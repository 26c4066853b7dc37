import { brand } from './brand.js';

/**
 * Why a request was not let in. A closed set: callers decide by `code`, never by message.
 *
 * The code and its detail are private: they go to the log. What a caller may see is {@link publicError}.
 */
export type AuthErrorCode =
  /** No credentials came with the request. */
  | 'credentials_missing'
  /** Credentials came in a form that RFC 6750 §2.1 does not know: two headers, another scheme, no token. */
  | 'credentials_malformed'
  /** The context is of a kind that no adapter knows; refused rather than guessed. */
  | 'context_unsupported'
  /** Over the size limit. */
  | 'token_too_large'
  /** Not three canonical base64url segments of well-formed JSON objects. */
  | 'token_malformed'
  /** A header parameter is missing, of the wrong type or not allowed (`crit`, `b64`, `zip`). */
  | 'header_invalid'
  /** `typ` is not an access token's (RFC 9068 §2.1). */
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
  /** The keys were never loaded: this service can't tell right now. */
  | 'keys_unavailable'
  /** What the issuer revoked was not heard for too long, and this service would rather not answer than let it in. */
  | 'revocations_unknown';

/** What a caller may know of a refusal; `code` is the stable `code` of the problem document. */
export interface PublicAuthError {
  readonly status: 400 | 401 | 403 | 503;
  readonly code:
    | 'authentication_required'
    | 'invalid_request'
    | 'invalid_token'
    | 'insufficient_scope'
    | 'insufficient_role'
    | 'temporarily_unavailable';
  readonly message: string;
  /** The scopes that were asked for, with `insufficient_scope` alone (RFC 6750 §3). */
  readonly scope?: string;
}

export interface AuthErrorDetail {
  /** The claim or header parameter at fault. */
  readonly claim?: string;
  /** What is wrong with it, for the log: never a part of the token. */
  readonly reason?: string;
  /** The scopes that were asked for. */
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
      message: 'The access token lacks a scope that this needs',
    },
    role_insufficient: { status: 403, code: 'insufficient_role', message: 'This needs a role that the caller lacks' },
    keys_unavailable: unavailable,
    revocations_unknown: unavailable,
  };
})();

/**
 * A refusal, with the reason for the log. It is an answer and no fault of the program, so it has no stack trace:
 * capturing one is the most expensive part of a refusal, and whoever sends bad tokens decides how many there are.
 */
export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly code: AuthErrorCode;
  readonly claim: string | undefined;
  readonly reason: string | undefined;
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

/** The part of a refusal that may leave the process. */
export function publicError(error: AuthError): PublicAuthError {
  const shown = PUBLIC[error.code];
  return error.scopes === undefined ? shown : { ...shown, scope: error.scopes.join(' ') };
}
