import type { BoundedFetchOptions } from './bounded-fetch.js';

/** A JWK Set that nobody has looked at yet. */
export interface LoadedKeySet {
  readonly body: { readonly keys?: unknown };
  /** How long it may be used before asking again, in seconds, if its origin says so. */
  readonly maxAge?: number | undefined;
  /** When its origin made it, in milliseconds, if it says so. */
  readonly madeAt?: number | undefined;
}

/** Where a key set is loaded from, again and again. */
export interface KeySetOrigin {
  load(options: BoundedFetchOptions): Promise<LoadedKeySet>;
}
