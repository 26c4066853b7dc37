import type { TokenTimes } from './token-times.js';
import type { VerificationKey } from './keys/verification-key.js';
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

interface Node extends CacheEntry {
  readonly slot: string;
  readonly bytes: number;
  visited: boolean;
  newer: Node | undefined;
  older: Node | undefined;
}

/** As short as V8 can hash quickly, and 72 bits of a signature, which nobody can choose. */
const SLOT_LENGTH = 12;

/**
 * Tokens that were verified, by the whole token: a few characters find the slot, then every character is compared.
 * Only verified tokens come in, so nobody who can't get tokens can push others out.
 *
 * Evicts by SIEVE (Zhang et al., NSDI 2024): a hit sets a bit and moves nothing.
 */
export class TokenCache {
  readonly #slots = new Map<string, Node>();
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #newest: Node | undefined;
  #oldest: Node | undefined;
  #hand: Node | undefined;

  constructor({ maxEntries = 20_000, maxBytes = 64 * 1024 * 1024 }: TokenCacheOptions = {}) {
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) throw new TypeError('cache.maxEntries must be at least 1');
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) throw new TypeError('cache.maxBytes must be at least 1');
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  get entries(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(token: string): CacheEntry | undefined {
    const node = this.#slots.get(token.slice(-SLOT_LENGTH));
    if (node === undefined || node.token !== token) return undefined;
    node.visited = true;
    return node;
  }

  set(entry: CacheEntry): void {
    const bytes = estimatedBytes(entry.token);
    if (bytes > this.#maxBytes) return;
    const slot = entry.token.slice(-SLOT_LENGTH);
    this.#remove(this.#slots.get(slot));
    while (this.#slots.size >= this.#maxEntries || this.#bytes + bytes > this.#maxBytes) this.#evict();
    const node: Node = { ...entry, slot, bytes, visited: false, newer: undefined, older: this.#newest };
    if (this.#newest !== undefined) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#slots.set(slot, node);
    this.#bytes += bytes;
  }

  delete(token: string): void {
    const node = this.#slots.get(token.slice(-SLOT_LENGTH));
    if (node?.token === token) this.#remove(node);
  }

  /** The hand moves from old to new: it spares what was asked for since it last came by. */
  #evict(): void {
    let node = this.#hand ?? this.#oldest;
    while (node?.visited === true) {
      node.visited = false;
      node = node.newer ?? this.#oldest;
    }
    this.#hand = node?.newer;
    this.#remove(node);
  }

  #remove(node: Node | undefined): void {
    if (node === undefined) return;
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer === undefined) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === undefined) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#slots.delete(node.slot);
    this.#bytes -= node.bytes;
  }
}

/** The token, its claims parsed, and the objects around them. */
function estimatedBytes(token: string): number {
  return 2048 + 4 * token.length;
}
