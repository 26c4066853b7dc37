import { problemOf } from '@watchword/platform';

/** RFC 6749 §5.2, RFC 8693 §2.2.2 (`invalid_target`); the last two are for what the client can't help. */
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
  /** When it isn't the code's own. */
  readonly status?: number;
  /** For the log alone: why it was refused. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal in the words of OAuth 2.0. Its message is the `error_description`: the client reads it. */
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
    // RFC 6749 §5.2: the scheme that the client may authenticate with goes with a 401.
    this.headers = status === 401 ? { 'WWW-Authenticate': 'Basic realm="oauth"', ...headers } : headers;
  }
}

/** What the client is told of any error. Of an unexpected one, nothing; of a database that is away, that it is. */
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
