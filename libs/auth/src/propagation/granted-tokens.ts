import type { Clock } from '../verification/index.js';
import { PropagationError } from './propagation-error.js';
import { isOutage } from './token-endpoint.js';

/** A token, and until when it may be sent: milliseconds since the epoch. */
export interface UsableToken {
  readonly token: string;
  readonly usableUntil: number;
}

/**
 * Tokens that the issuer granted, by what was asked for. Each is asked for by one request at a time, whose answer all who wait share,
 * and is kept while it is good. A refusal is remembered for {@link REMEMBERED_MS}. Both are bounded in number.
 */
export class GrantedTokens<T extends UsableToken> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #asked = new Map<string, Promise<string>>();

  constructor(
    private readonly clock: Clock,
    private readonly maxEntries: number,
  ) {}

  /** How many tokens are kept. */
  get entries(): number {
    return this.#kept.size;
  }

  /** How many refusals are remembered. */
  get refusals(): number {
    return this.#refusals.size;
  }

  /** The token that is kept, if it is good now. */
  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    return kept === undefined || kept.isRefused || this.clock.now() >= kept.granted.usableUntil
      ? undefined
      : kept.granted;
  }

  /** Asks for a token, unless somebody does already or it was refused just now. @throws PropagationError by rejection */
  ask(key: string, grant: () => Promise<T>): Promise<string> {
    const running = this.#asked.get(key);
    if (running !== undefined) return running;
    const refusal = this.#refusals.get(key);
    if (refusal !== undefined && this.#isRecent(refusal.at)) return Promise.reject(refusal.error);
    const asked = this.#grant(key, grant).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return asked;
  }

  /**
   * Told that a service refused this token: it is not given out again.
   *
   * @returns whether to ask for another one. Where this one is itself the replacement of a refused one, and new, it stays: a service
   *   that refuses whatever it is sent must not make each request ask the issuer again.
   */
  forget(key: string, token: string): boolean {
    const kept = this.#kept.get(key);
    if (kept?.granted.token !== token) return true;
    if (kept.replacedAt !== undefined && this.#isRecent(kept.replacedAt)) return false;
    kept.isRefused = true;
    return true;
  }

  async #grant(key: string, grant: () => Promise<T>): Promise<string> {
    try {
      const granted = await grant();
      this.#keep(key, granted);
      return granted.token;
    } catch (error) {
      // An outage is the endpoint's, not this key's: its back-off says when to ask again.
      if (error instanceof PropagationError && !isOutage(error)) this.#remember(key, error);
      throw error;
    }
  }

  /** The oldest go first: they are the nearest to their end, or beyond it. */
  #keep(key: string, granted: T): void {
    const now = this.clock.now();
    const replacedAt = this.#kept.get(key)?.isRefused === true ? now : undefined;
    this.#kept.delete(key);
    this.#kept.set(key, { granted, replacedAt, isRefused: false });
    this.#refusals.delete(key);
    for (const [oldest, { granted: old }] of this.#kept) {
      if (this.#kept.size <= this.maxEntries && now < old.usableUntil) return;
      this.#kept.delete(oldest);
    }
  }

  /** Apart from the tokens, so that refusals can't push out what is good. */
  #remember(key: string, error: PropagationError): void {
    this.#refusals.delete(key);
    this.#refusals.set(key, { error, at: this.clock.now() });
    for (const [oldest, { at }] of this.#refusals) {
      if (this.#refusals.size <= this.maxEntries && this.#isRecent(at)) return;
      this.#refusals.delete(oldest);
    }
  }

  /** Not in the future either: the clock was set back. */
  #isRecent(at: number): boolean {
    const elapsed = this.clock.now() - at;
    return elapsed >= 0 && elapsed < REMEMBERED_MS;
  }
}

interface Kept<T> {
  readonly granted: T;
  /** When it was granted, where the one before it was refused. */
  readonly replacedAt: number | undefined;
  isRefused: boolean;
}

interface Refusal {
  readonly error: PropagationError;
  readonly at: number;
}

/** Short: what was wrong at the issuer may be mended in a moment. */
const REMEMBERED_MS = 5000;
