import type { VerificationKey } from '../keys/verification-key.js';
import type { TokenTimes } from '../token-times.js';
import type { VerifiedToken } from '../verified-token.js';

/** A token that was verified, and what has to be looked at again whenever it comes back. */
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
  /** At which version of the revocations the token was found good. */
  checkedVersion: number = Number.NaN;
  /** Whether it was asked for since the hand of the clock last came by. */
  visited = false;
  readonly #key: VerificationKey;
  /** In milliseconds, as in {@link TokenTimes}. */
  readonly #from: number;
  readonly #until: number;

  /**
   * @param place in the clock
   * @param next another token with the same hash
   */
  constructor(
    { token, verified, times, key }: CacheEntry,
    readonly hash: number,
    readonly bytes: number,
    readonly place: number,
    public next: CachedToken | undefined,
  ) {
    // A slice of a header would keep the whole header in memory, and be slower to compare.
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
