import type { AuthError, TokenVerifier, VerifiedToken } from '../verification/index.js';

/** The authenticated caller of a request. */
export interface Caller {
  /** The access token, unchanged. It is a secret: send it to registered services only. */
  readonly token: string;
  readonly verified: VerifiedToken;
  /**
   * Aborts when the token expires or is revoked; its reason is the `AuthError`. For work that takes longer than one check: a stream, a
   * long query. Undefined for a caller that was given to `CallerContext.runAs` without one.
   */
  readonly signal?: AbortSignal | undefined;
}

/** @internal A caller whose token was verified here: it is known when the token ends. */
export class AuthenticatedCaller implements Caller {
  /** Made when the first one listens: most callers are never watched. */
  #listeners: Set<(error: AuthError) => void> | undefined;
  #error: AuthError | undefined;
  #signal: AbortSignal | undefined;
  #stopWatching: (() => void) | undefined;

  constructor(
    readonly token: string,
    readonly verified: VerifiedToken,
    private readonly verifier: Pick<TokenVerifier, 'whenEnded'>,
    /** Whether code that runs for this caller finds it in a scope. */
    readonly isScoped = false,
  ) {}

  get signal(): AbortSignal {
    if (this.#signal !== undefined) return this.#signal;
    const controller = new AbortController();
    this.#signal = controller.signal;
    this.whenEnded((error) => controller.abort(error));
    return this.#signal;
  }

  /** Calls `listener` once when the token ends, as `TokenVerifier.whenEnded` does. All listeners are called together. @returns stops it */
  whenEnded(listener: (error: AuthError) => void): () => void {
    const listeners = (this.#listeners ??= new Set());
    if (this.#error !== undefined) listener(this.#error);
    else listeners.add(listener);
    if (listeners.size > 0) {
      this.#stopWatching ??= this.verifier.whenEnded(this.verified, (error) => this.#end(error, listeners));
    }
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.release();
    };
  }

  /** Nobody needs to know the end any more. */
  release(): void {
    this.#listeners?.clear();
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #end(error: AuthError, listeners: Set<(error: AuthError) => void>): void {
    this.#error = error;
    const told = [...listeners];
    listeners.clear();
    for (const listener of told) listener(error);
  }
}
