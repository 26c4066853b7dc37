import { estimatedBytes } from './estimated-bytes.js';
import type { VerificationKey } from './keys/verification-key.js';
import type { TokenTimes } from './token-times.js';
import type { VerifiedToken } from './verified-token.js';

export interface TokenCacheOptions {
  /** The most tokens that are kept. Default 20,000. */
  readonly maxEntries?: number;
  /** The most memory that they may take, in bytes as estimated. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** A token that was verified, and what has to be looked at again whenever it comes back. */
export interface CacheEntry {
  readonly token: string;
  readonly verified: VerifiedToken;
  readonly times: TokenTimes;
  readonly key: VerificationKey;
}

/** So many of a token's last characters find its chain: a part of the signature, which nobody can choose. */
const HASHED_LENGTH = 12;
const NONE = -1;
const FIRST_CAPACITY = 1024;

/**
 * Tokens that were verified. A hash of a few characters finds the chain, then the whole token is compared.
 * Only verified tokens come in, so nobody who can't get tokens can push others out.
 *
 * One array a property instead of one object a token: a look-up touches little memory, which is what it costs.
 * Evicts by second chance (CLOCK): a hit sets a bit and moves nothing.
 */
export class TokenCache {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #entries = 0;
  #bytes = 0;
  #hand = 0;
  #sweeper = 0;

  /** The first place of each chain, by hash. */
  #chains = new Int32Array(0);
  /** The next place of the same chain, or of the list of free places. */
  #next = new Int32Array(0);
  #free = NONE;
  #hashes = new Int32Array(0);
  #sizes = new Int32Array(0);
  /** In milliseconds, as in {@link TokenTimes}. */
  #from = new Float64Array(0);
  #until = new Float64Array(0);
  #visited = new Uint8Array(0);
  /** At which version of the revocations the token was found good. */
  #checked = new Float64Array(0);
  #hit = NONE;
  readonly #tokens: (string | undefined)[] = [];
  readonly #keys: (VerificationKey | undefined)[] = [];
  readonly #verified: (VerifiedToken | undefined)[] = [];

  constructor({ maxEntries = 20_000, maxBytes = 64 * 1024 * 1024 }: TokenCacheOptions = {}) {
    this.#maxEntries = bound('maxEntries', maxEntries, 1_000_000);
    this.#maxBytes = bound('maxBytes', maxBytes, Number.MAX_SAFE_INTEGER);
    this.#grow(Math.min(FIRST_CAPACITY, maxEntries));
  }

  get entries(): number {
    return this.#entries;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What was verified, if it is still good at this time and its key is still trusted; else its entry is dropped. */
  get(token: string, now: number): VerifiedToken | undefined {
    const place = this.#find(token);
    if (place === NONE) return undefined;
    if (!this.#isLive(place, now)) {
      this.#remove(place);
      return undefined;
    }
    this.#visited[place] = 1;
    this.#hit = place;
    return this.#verified[place];
  }

  /** Whether the token that {@link get} gave last was found good at this version of the revocations. */
  isChecked(version: number): boolean {
    return this.#checked[this.#hit] === version;
  }

  /** The token that {@link get} gave last is good at this version of the revocations. */
  markChecked(version: number): void {
    this.#checked[this.#hit] = version;
  }

  set({ token, verified, times, key }: CacheEntry, now: number): void {
    const bytes = estimatedBytes(token, verified);
    if (bytes > this.#maxBytes) return;
    const known = this.#find(token);
    if (known !== NONE) this.#remove(known);
    this.#sweep(now);
    while (this.#entries >= this.#maxEntries || this.#bytes + bytes > this.#maxBytes) this.#evict(now);
    if (this.#free === NONE) this.#grow(Math.min(this.#maxEntries, this.#next.length * 2));

    const place = this.#free;
    this.#free = this.#next[place] ?? NONE;
    // A slice of a header would keep the whole header in memory, and be slower to compare.
    this.#tokens[place] = Buffer.from(token, 'latin1').toString('latin1');
    this.#verified[place] = verified;
    this.#keys[place] = key;
    this.#from[place] = times.from;
    this.#until[place] = times.until;
    this.#visited[place] = 0;
    this.#checked[place] = Number.NaN;
    this.#hashes[place] = hashOf(token);
    this.#sizes[place] = bytes;
    this.#link(place);
    this.#entries += 1;
    this.#bytes += bytes;
  }

  #find(token: string): number {
    const hash = hashOf(token);
    let place = this.#chains[hash & (this.#chains.length - 1)] ?? NONE;
    while (place !== NONE) {
      if (this.#hashes[place] === hash && this.#tokens[place] === token) return place;
      place = this.#next[place] ?? NONE;
    }
    return NONE;
  }

  #isLive(place: number, now: number): boolean {
    const trustedUntil = this.#keys[place]?.trustedUntil ?? Number.NEGATIVE_INFINITY;
    return now < trustedUntil && now >= (this.#from[place] ?? Infinity) && now < (this.#until[place] ?? 0);
  }

  /** Each token that comes in clears away up to two that died, so that the dead never outnumber the living for long. */
  #sweep(now: number): void {
    for (let step = 0; step < 2; step += 1) {
      this.#sweeper = (this.#sweeper + 1) % this.#next.length;
      if (this.#isTaken(this.#sweeper) && !this.#isLive(this.#sweeper, now)) this.#remove(this.#sweeper);
    }
  }

  /** The hand goes round, and spares once what was asked for since it last came by. */
  #evict(now: number): void {
    for (;;) {
      this.#hand = (this.#hand + 1) % this.#next.length;
      if (!this.#isTaken(this.#hand)) continue;
      if (this.#visited[this.#hand] === 0 || !this.#isLive(this.#hand, now)) break;
      this.#visited[this.#hand] = 0;
    }
    this.#remove(this.#hand);
  }

  #isTaken(place: number): boolean {
    return this.#tokens[place] !== undefined;
  }

  #link(place: number): void {
    const chain = (this.#hashes[place] ?? 0) & (this.#chains.length - 1);
    this.#next[place] = this.#chains[chain] ?? NONE;
    this.#chains[chain] = place;
  }

  #remove(place: number): void {
    const chain = (this.#hashes[place] ?? 0) & (this.#chains.length - 1);
    const after = this.#next[place] ?? NONE;
    let before = this.#chains[chain] ?? NONE;
    if (before === place) this.#chains[chain] = after;
    else {
      while (this.#next[before] !== place) before = this.#next[before] ?? NONE;
      this.#next[before] = after;
    }
    this.#bytes -= this.#sizes[place] ?? 0;
    this.#entries -= 1;
    this.#tokens[place] = this.#verified[place] = this.#keys[place] = undefined;
    this.#next[place] = this.#free;
    this.#free = place;
  }

  /** Makes room for so many entries when there is none; those that are there keep their places. */
  #grow(capacity: number): void {
    const before = this.#next.length;
    this.#next = resized(this.#next, new Int32Array(capacity));
    this.#hashes = resized(this.#hashes, new Int32Array(capacity));
    this.#sizes = resized(this.#sizes, new Int32Array(capacity));
    this.#from = resized(this.#from, new Float64Array(capacity));
    this.#until = resized(this.#until, new Float64Array(capacity));
    this.#visited = resized(this.#visited, new Uint8Array(capacity));
    this.#checked = resized(this.#checked, new Float64Array(capacity));
    this.#chains = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2))).fill(NONE);
    for (let place = 0; place < before; place += 1) if (this.#isTaken(place)) this.#link(place);
    // Upwards: V8 makes a slow dictionary of an array whose last place is filled first.
    for (let place = before; place < capacity; place += 1) {
      this.#tokens[place] = this.#verified[place] = this.#keys[place] = undefined;
      this.#next[place] = place + 1 < capacity ? place + 1 : NONE;
    }
    this.#free = before;
  }
}

function hashOf(token: string): number {
  let hash = 0;
  for (let i = token.length - HASHED_LENGTH; i < token.length; i += 1) {
    hash = (Math.imul(hash, 31) + token.charCodeAt(i)) | 0;
  }
  hash ^= hash >>> 15; // the low bits choose the chain: let all bits have a say in them
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 12);
}

function resized<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function bound(name: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw new TypeError(`cache.${name} must be a whole number from 1 to ${max}`);
}
