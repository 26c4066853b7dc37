import type { Clock } from '../verification/index.js';
import { PropagationError } from './propagation-error.js';
import { isOutage } from './token-endpoint.js';

/** A token, and until when it may be sent, in milliseconds since the epoch. */
export interface UsableToken {
  readonly token: string;
  readonly usableUntil: number;
}

/**
 * A cache of tokens that the issuer granted. For each key there is one request at a time; all waiting callers share its result.
 * Tokens are kept while they are valid, refusals for {@link REMEMBERED_MS}. The number of both is limited.
 */
export class GrantedTokens<T extends UsableToken> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #refusals = new Map<string, Refusal>();
  readonly #asked = new Map<string, Promise<string>>();

  constructor(
    private readonly clock: Clock,
    private readonly maxEntries: number,
  ) {}

  /** The number of cached tokens. */
  get entries(): number {
    return this.#kept.size;
  }

  /** The number of remembered refusals. */
  get refusals(): number {
    return this.#refusals.size;
  }

  /** The cached token, if it is valid now. */
  get(key: string): T | undefined {
    const kept = this.#kept.get(key);
    return kept === undefined || kept.isRefused || this.clock.now() >= kept.granted.usableUntil
      ? undefined
      : kept.granted;
  }

  /** Requests a token, unless a request is running or was refused just before. @throws PropagationError by rejection */
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
   * Call it when a service refused this token: the token is then removed.
   *
   * @returns whether to request another one. A new token that itself replaced a refused one is kept: a service that refuses every
   *   token must not cause a request to the issuer for each call.
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
      // An outage concerns the endpoint and not this key: the back-off decides when to ask again.
      if (error instanceof PropagationError && !isOutage(error)) this.#remember(key, error);
      throw error;
    }
  }

  /** Removes the oldest tokens first: they expire first. */
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

  /** Kept separately, so that refusals cannot push out valid tokens. */
  #remember(key: string, error: PropagationError): void {
    this.#refusals.delete(key);
    this.#refusals.set(key, { error, at: this.clock.now() });
    for (const [oldest, { at }] of this.#refusals) {
      if (this.#refusals.size <= this.maxEntries && this.#isRecent(at)) return;
      this.#refusals.delete(oldest);
    }
  }

  /** A time in the future is not recent: the clock was set back. */
  #isRecent(at: number): boolean {
    const elapsed = this.clock.now() - at;
    return elapsed >= 0 && elapsed < REMEMBERED_MS;
  }
}

interface Kept<T> {
  readonly granted: T;
  /** When it was granted, if it replaced a token that was refused. */
  readonly replacedAt: number | undefined;
  isRefused: boolean;
}

interface Refusal {
  readonly error: PropagationError;
  readonly at: number;
}

/** Short, because the configuration of the issuer may be fixed at any time. */
const REMEMBERED_MS = 5000;
