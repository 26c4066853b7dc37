import type { FieldError } from './problem-error.js';

/**
 * Why the domain refuses a request. `problemOf` maps each kind to a status:
 *
 * - `invalid`: the request is not valid
 * - `unauthenticated`, `forbidden`: the caller is unknown, or is not allowed to do this
 * - `not-found`: it does not exist, or belongs to somebody else
 * - `conflict`: it conflicts with the current state
 * - `unprocessable`: it is valid, but cannot be done
 * - `too-many`: there were too many requests
 * - `failed`: another service, which is needed, failed
 * - `unavailable`: it is not possible right now; the request itself may be valid
 */
export type RefusalKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'unprocessable'
  | 'too-many'
  | 'failed'
  | 'unavailable';

export interface RefusalOptions {
  readonly errors?: readonly FieldError[];
  /** Milliseconds after which the caller may try again. */
  readonly retryAfterMs?: number;
  /** For the log. */
  readonly cause?: unknown;
}

/**
 * The error with which the domain refuses a request. It is independent of the transport: `problemOf` translates it to a problem
 * document over HTTP, to `{ status, code, message }` over RPC, and in the issuer to an OAuth 2.0 error.
 *
 * @example throw new Refusal('conflict', 'insufficient_stock', `There is not enough stock of ${sku}`);
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;

  /**
   * @param code stable, in `snake_case`; callers decide by it
   * @param message for people; sent to the caller
   */
  constructor(
    readonly kind: RefusalKind,
    readonly code: string,
    message: string,
    { errors, retryAfterMs, cause }: RefusalOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.errors = errors;
    this.retryAfterMs = retryAfterMs;
  }
}
