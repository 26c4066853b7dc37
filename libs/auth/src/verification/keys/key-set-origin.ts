import type { BoundedFetchOptions } from './bounded-fetch.js';

/** A JWK Set that was not validated yet. */
export interface LoadedKeySet {
  readonly body: { readonly keys?: unknown };
  /** Seconds until it must be fetched again, if its origin gives them. */
  readonly maxAge?: number | undefined;
  /** When its origin made it, in milliseconds since the epoch, if the origin gives it. */
  readonly madeAt?: number | undefined;
}

/** Where a key set is loaded from, repeatedly. */
export interface KeySetOrigin {
  load(options: BoundedFetchOptions): Promise<LoadedKeySet>;
}
