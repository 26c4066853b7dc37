import type { VerificationKey } from '../keys/verification-key.js';
import type { TokenTimes } from '../token-times.js';
import type { VerifiedToken } from '../verified-token.js';

/** A verified token, with what has to be checked again at each use. */
export interface CacheEntry {
  readonly token: string;
  readonly verified: VerifiedToken;
  readonly times: TokenTimes;
  readonly key: VerificationKey;
}

/** A token in the {@link TokenCache}. */
export class CachedToken {
  readonly token: string;
  readonly verified: VerifiedToken;
  /** The version of the revocations with which the token was last checked. */
  checkedVersion: number = Number.NaN;
  /** Whether it was used since the clock hand passed it last. */
  visited = false;
  readonly #key: VerificationKey;
  /** In milliseconds since the epoch, as in {@link TokenTimes}. */
  readonly #from: number;
  readonly #until: number;

  /**
   * @param place its index in the clock
   * @param next another token with the same hash
   */
  constructor(
    { token, verified, times, key }: CacheEntry,
    readonly hash: number,
    readonly bytes: number,
    readonly place: number,
    public next: CachedToken | undefined,
  ) {
    // Copied: a slice of the header would keep the whole header in memory, and is slower to compare.
    this.token = Buffer.from(token, 'latin1').toString('latin1');
    this.verified = verified;
    this.#key = key;
    this.#from = times.from;
    this.#until = times.until;
  }

  isLive(now: number): boolean {
    return now < this.#key.trustedUntil && now >= this.#from && now < this.#until;
  }
}
