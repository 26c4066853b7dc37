/** Allows a burst, and then one more each period. */
export class TokenBucket {
  #tokens: number;
  #updatedAt: number;

  /** @param period in milliseconds. @param now in milliseconds. */
  constructor(
    private readonly burst: number,
    private readonly period: number,
    now: number,
  ) {
    this.#tokens = burst;
    this.#updatedAt = now;
  }

  take(now: number): boolean {
    if (this.isEmpty(now)) return false;
    this.#tokens -= 1;
    return true;
  }

  isEmpty(now: number): boolean {
    // A clock that was set back must neither refill nor stop the refill.
    const elapsed = Math.max(0, now - this.#updatedAt);
    this.#tokens = Math.min(this.burst, this.#tokens + elapsed / this.period);
    this.#updatedAt = now;
    return this.#tokens < 1;
  }
}
