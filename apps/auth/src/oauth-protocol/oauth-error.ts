import { problemOf } from '@watchword/platform';

/** RFC 6749 §5.2, RFC 8693 §2.2.2 (`invalid_target`); the last two are errors that the client did not cause. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  invalid_target: 400,
  temporarily_unavailable: 503,
  server_error: 500,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;

export interface OAuthErrorOptions {
  /** If it differs from the default of the code. */
  readonly status?: number;
  /** The reason, for the log only. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An OAuth 2.0 error. Its message is the `error_description` for the client. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: OAuthErrorCode,
    description: string,
    { status = STATUS[code], reason, headers = {}, cause }: OAuthErrorOptions = {},
  ) {
    super(description, cause === undefined ? undefined : { cause });
    this.status = status;
    this.reason = reason;
    // RFC 6749 §5.2: a 401 response names the authentication scheme.
    this.headers = status === 401 ? { 'WWW-Authenticate': 'Basic realm="oauth"', ...headers } : headers;
  }
}

/** The OAuth 2.0 error for any error: without details for an unexpected one, `temporarily_unavailable` during a database outage. */
export function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  const { code, status, detail, headers = {} } = problemOf(error);
  return isOAuthErrorCode(code)
    ? new OAuthError(code, detail ?? code, { status, headers, cause: error })
    : new OAuthError('server_error', 'An unexpected error occurred', { cause: error });
}

function isOAuthErrorCode(code: string): code is OAuthErrorCode {
  return Object.hasOwn(STATUS, code);
}
