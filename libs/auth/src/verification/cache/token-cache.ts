import { type CacheEntry, CachedToken } from './cached-token.js';
import { estimatedBytes } from './estimated-bytes.js';

/** The limits of the cache of verified tokens. */
export interface TokenCacheOptions {
  /** The largest number of cached tokens. Default 20,000. */
  readonly maxEntries?: number;
  /** The most memory that cached tokens may take, estimated, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** The last characters of a token select its entry. They are a part of the signature, which an attacker cannot choose. */
const HASHED_LENGTH = 12;

/**
 * A cache of verified tokens. A hash of a few characters selects an entry, then the whole token is compared. A `Map` with
 * the token as its key would hash all characters at each look-up.
 *
 * Only verified tokens are added, so an attacker without valid tokens cannot push others out. Eviction is by second chance
 * (CLOCK): a hit sets a bit and moves nothing.
 */
export class TokenCache {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** The first token of each hash; others with the same hash follow it. */
  readonly #byHash = new Map<number, CachedToken>();
  /** The clock hand and the sweeper go round these. */
  readonly #places: (CachedToken | undefined)[] = [];
  readonly #freePlaces: number[] = [];
  #entries = 0;
  #bytes = 0;
  #hand = 0;
  #sweeper = 0;

  constructor({ maxEntries = 20_000, maxBytes = 64 * 1024 * 1024 }: TokenCacheOptions = {}) {
    this.#maxEntries = bound('maxEntries', maxEntries, 1_000_000);
    this.#maxBytes = bound('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER);
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The token, if it is valid at this time and its key is still trusted; otherwise its entry is removed. */
  get(token: string, now: number): CachedToken | undefined {
    const cached = this.#find(token, hashOf(token));
    if (cached === undefined) return undefined;
    if (!cached.isLive(now)) {
      this.#remove(cached);
      return undefined;
    }
    cached.visited = true;
    return cached;
  }

  set(entry: CacheEntry, now: number): void {
    const bytes = estimatedBytes(entry.token, entry.verified);
    if (bytes > this.#maxBytes) return;
    const hash = hashOf(entry.token);
    const known = this.#find(entry.token, hash);
    if (known !== undefined) this.#remove(known);
    this.#sweep(now);
    while (this.#entries >= this.#maxEntries || this.#bytes + bytes > this.#maxBytes) this.#evict(now);

    const place = this.#freePlaces.pop() ?? this.#places.length;
    const cached = new CachedToken(entry, hash, bytes, place, this.#byHash.get(hash));
    this.#places[place] = cached;
    this.#byHash.set(hash, cached);
    this.#entries += 1;
    this.#bytes += bytes;
  }

  #find(token: string, hash: number): CachedToken | undefined {
    let cached = this.#byHash.get(hash);
    while (cached !== undefined && cached.token !== token) cached = cached.next;
    return cached;
  }

  /** Each new token removes up to two expired ones, so that expired entries do not accumulate. */
  #sweep(now: number): void {
    for (let step = 0; step < 2; step += 1) {
      this.#sweeper = this.#after(this.#sweeper);
      const cached = this.#places[this.#sweeper];
      if (cached?.isLive(now) === false) this.#remove(cached);
    }
  }

  /** The clock hand goes round. It skips an entry once if that was used since the hand passed it last. */
  #evict(now: number): void {
    for (;;) {
      this.#hand = this.#after(this.#hand);
      const cached = this.#places[this.#hand];
      if (cached === undefined) continue;
      if (!cached.visited || !cached.isLive(now)) return this.#remove(cached);
      cached.visited = false;
    }
  }

  #after(place: number): number {
    return place + 1 < this.#places.length ? place + 1 : 0;
  }

  #remove(cached: CachedToken): void {
    const first = this.#byHash.get(cached.hash);
    if (first === cached) {
      if (cached.next === undefined) this.#byHash.delete(cached.hash);
      else this.#byHash.set(cached.hash, cached.next);
    } else {
      let before = first;
      while (before !== undefined && before.next !== cached) before = before.next;
      if (before !== undefined) before.next = cached.next;
    }
    this.#places[cached.place] = undefined;
    this.#freePlaces.push(cached.place);
    this.#entries -= 1;
    this.#bytes -= cached.bytes;
  }
}

function hashOf(token: string): number {
  let hash = 0;
  for (let i = token.length - HASHED_LENGTH; i < token.length; i += 1) {
    hash = (Math.imul(hash, 31) + token.charCodeAt(i)) | 0;
  }
  return hash;
}

function bound(name: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw new TypeError(`cache.${name} must be a whole number from 1 to ${max}`);
}
