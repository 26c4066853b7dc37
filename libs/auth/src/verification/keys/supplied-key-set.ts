import { type BoundedFetchOptions, withinTime } from './bounded-fetch.js';
import type { KeySetOrigin, LoadedKeySet } from './key-set-origin.js';

/** Keys that the application itself has. What it supplies is checked like what an endpoint answers. */
export class SuppliedKeySet implements KeySetOrigin {
  constructor(private readonly supply: () => Promise<{ readonly keys: readonly object[] }>) {}

  async load(options: BoundedFetchOptions): Promise<LoadedKeySet> {
    return { body: await withinTime(options, this.supply) };
  }
}
