import type { Clock } from '../verification/index.js';

/**
 * Spares a server that fails. After each failure in a row it is left alone for twice as long, up to {@link LONGEST_MS}; then one
 * request tries, and all others are told of the last failure until that one has its answer.
 */
export class Backoff {
  #outage: Outage | undefined;

  constructor(
    private readonly clock: Clock,
    /** Tells a failure of the server from a refusal of what was asked. */
    private readonly isOutage: (error: unknown) => boolean,
  ) {}

  /** @throws what `ask` throws, or by rejection what it threw last while the server is left alone */
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

  /** Requests that were under way at the same time and fail together count once. */
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

/** Short enough that nobody waits long for a server that is back. */
const LONGEST_MS = 1000;
