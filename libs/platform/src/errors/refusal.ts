import type { FieldError } from './problem-error.js';

/**
 * Why something is refused, in the domain's words. The edge knows the status of each:
 *
 * - `invalid`: what was sent makes no sense
 * - `unauthenticated`, `forbidden`: it is not known who asks, or they may not
 * - `not-found`: it is not there, or not theirs
 * - `conflict`: what is there already does not allow it
 * - `unprocessable`: it makes sense, and cannot be done
 * - `too-many`: not now, because it was asked for too often
 * - `failed`: another service is needed, and did not understand
 * - `unavailable`: this cannot be told or done right now; it says nothing of what was sent
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
  /** Milliseconds after which it may be asked again. */
  readonly retryAfterMs?: number;
  /** For the log. */
  readonly cause?: unknown;
}

/**
 * The domain's own error: it refuses what it was asked. It knows no transport; `problemOf` translates it at the edge, to a
 * problem document over HTTP, to `{ status, code, message }` over RPC, and in the issuer to an error of OAuth 2.0.
 *
 * @example throw new Refusal('conflict', 'insufficient_stock', `There is not enough stock of ${sku}`);
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfterMs: number | undefined;

  /**
   * @param code stable, `snake_case`: what callers decide by
   * @param message for people; reaches the caller
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
