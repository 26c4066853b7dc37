import { type BoundedFetchOptions, withinTime } from './bounded-fetch.js';
import type { KeySetOrigin, LoadedKeySet } from './key-set-origin.js';

/** Keys that the application supplies. They are validated like the response of a JWKS endpoint. */
export class SuppliedKeySet implements KeySetOrigin {
  constructor(private readonly supply: () => Promise<{ readonly keys: readonly object[] }>) {}

  async load(options: BoundedFetchOptions): Promise<LoadedKeySet> {
    return { body: await withinTime(options, this.supply) };
  }
}
