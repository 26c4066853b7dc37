/** An invalid field of a request. */
export interface FieldError {
  /** Path of the field: `items.0.quantity`. */
  readonly field: string;
  readonly message: string;
}

export interface ProblemErrorOptions {
  readonly errors?: readonly FieldError[];
  /** Headers of the HTTP response, for example `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log. */
  readonly cause?: unknown;
}

/**
 * A refusal of the transport layer itself (an unreadable body, a challenge to log in again), with an HTTP status and headers. The
 * caller receives a problem document (RFC 9457), over RPC `{ status, code, message }`. The domain throws a `Refusal` instead.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;

  /**
   * @param status HTTP status, 400 to 599
   * @param code stable, in `snake_case`; callers decide by it
   * @param message for people; sent to the caller
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
