/** How long one call may take: to get its token, to be sent once or twice, and to be answered. */
export class CallTime {
  readonly #endsAt: number;
  #timeout: AbortSignal | undefined;
  #signal: AbortSignal | undefined;

  /** @param abort ends the call before its time */
  constructor(
    timeoutMs: number,
    private readonly abort?: AbortSignal,
  ) {
    this.#endsAt = performance.now() + timeoutMs;
  }

  /** Whole milliseconds, never less than none. */
  get leftMs(): number {
    return Math.max(0, Math.ceil(this.#endsAt - performance.now()));
  }

  /** Ends with the time, or before. */
  get signal(): AbortSignal {
    this.#timeout ??= AbortSignal.timeout(this.leftMs);
    this.#signal ??= this.abort === undefined ? this.#timeout : AbortSignal.any([this.abort, this.#timeout]);
    return this.#signal;
  }

  /** Whether the caller of this client ended the call. */
  get isAborted(): boolean {
    return this.abort?.aborted === true;
  }

  get isOver(): boolean {
    return this.#timeout?.aborted === true;
  }
}
