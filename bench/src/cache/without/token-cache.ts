import { type CacheEntry, CachedToken } from '../../../../libs/auth/src/verification/cache/cached-token.js';
import type { TokenCache as MeasuredTokenCache } from '../../../../libs/auth/src/verification/cache/token-cache.js';

const MAX_ENTRIES = 20_000;

/** The cache that one would write first: a `Map` by whole tokens, of which the oldest goes. It has no bound in bytes. */
export class TokenCache implements Pick<MeasuredTokenCache, 'get' | 'set'> {
  readonly #byToken = new Map<string, CachedToken>();

  get(token: string, now: number): CachedToken | undefined {
    const cached = this.#byToken.get(token);
    return cached?.isLive(now) === true ? cached : undefined;
  }

  set(entry: CacheEntry): void {
    const cached = new CachedToken(entry, 0, 0, 0, undefined);
    for (const oldest of this.#byToken.keys()) {
      if (this.#byToken.size < MAX_ENTRIES) break;
      this.#byToken.delete(oldest);
    }
    this.#byToken.set(cached.token, cached);
  }
}
