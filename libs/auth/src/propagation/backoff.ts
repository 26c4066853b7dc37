import type { Clock } from '../verification/index.js';

/**
 * Exponential back-off for a failing server. After each consecutive failure the pause doubles, up to {@link LONGEST_MS}. After
 * the pause one request is sent; all other requests fail with the last error until that one is answered.
 */
export class Backoff {
  #outage: Outage | undefined;

  constructor(
    private readonly clock: Clock,
    /** Whether an error is a failure of the server, and not a refusal of this request. */
    private readonly isOutage: (error: unknown) => boolean,
  ) {}

  /** @throws what `ask` throws; during a pause, by rejection, the last error */
  async run<T>(ask: () => Promise<T>): Promise<T> {
    const before = this.#enter();
    try {
      const answer = await ask();
      this.#outage = undefined;
      return answer;
    } catch (error) {
      if (this.isOutage(error)) this.#failed(before, error);
      else this.#outage = undefined;
      throw error;
    }
  }

  #enter(): Outage | undefined {
    const outage = this.#outage;
    if (outage === undefined) return undefined;
    const elapsed = this.clock.now() - outage.since;
    // A clock that was set back does not make the wait longer.
    if (outage.isTried || (elapsed >= 0 && elapsed < outage.waitMs)) throw outage.error;
    outage.isTried = true;
    return outage;
  }

  /** Concurrent requests that fail together count as one failure. */
  #failed(before: Outage | undefined, error: unknown): void {
    if (this.#outage !== before) return;
    const waitMs = before === undefined ? FIRST_MS : Math.min(before.waitMs * 2, LONGEST_MS);
    this.#outage = { error, since: this.clock.now(), waitMs, isTried: false };
  }
}

interface Outage {
  readonly error: unknown;
  readonly since: number;
  readonly waitMs: number;
  isTried: boolean;
}

const FIRST_MS = 100;

/** Short, so that a server that works again is used soon. */
const LONGEST_MS = 1000;
