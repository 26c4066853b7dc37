/** One thing that is wrong with what was sent. */
export interface FieldError {
  /** Path of the field: `items.0.quantity`. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Sent with the HTTP response: `Retry-After`, say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log. */
  readonly cause?: unknown;
}

/**
 * A refusal by the edge itself (a body that cannot be read, a challenge to log in again), with the status and headers of HTTP. Its caller
 * reads it as a problem document (RFC 9457), over RPC as `{ status, code, message }`. The domain throws a `Refusal`.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  /**
   * @param status HTTP status, 400 to 599
   * @param code stable, `snake_case`: what callers decide by
   * @param message for people; reaches the caller
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    { errors, headers, cause }: ProblemErrorOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.errors = errors;
    this.headers = headers;
  }
}
