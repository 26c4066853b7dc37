/** How fetched keys are kept. The defaults suit an issuer that publishes a key at least 10 minutes before it signs with it. */
export interface KeyCacheOptions {
  /** Seconds between two background refreshes; each is made up to a fifth earlier, so that instances don't move in step. Default 300. */
  readonly refreshInterval?: number;
  /** Seconds for which the last good keys are used while the issuer can't be reached. Default 86400. */
  readonly maxStale?: number;
  /** Milliseconds that one fetch may take. Default 3000. */
  readonly timeout?: number;
  /** Milliseconds that a request with an unknown kid waits for the fetch it started or joined. Default 250. */
  readonly unknownKeyWait?: number;
  /** For tests, and for a fetch that goes through a proxy. Default: the global one. */
  readonly fetch?: typeof fetch;
}

/** All settings of a fetched key source; times in milliseconds. */
export interface KeyCacheSettings {
  readonly refreshInterval: number;
  readonly maxStale: number;
  readonly timeout: number;
  readonly unknownKeyWait: number;
  readonly fetch: typeof fetch;
  readonly maxBytes: number;
  /** How many unknown kids are remembered, and for how long. */
  readonly unknownKeys: number;
  readonly unknownKeyTtl: number;
  /** How many fetches unknown kids may cause at once, and then one in each period. */
  readonly unknownKeyFetches: number;
  readonly unknownKeyFetchPeriod: number;
  /** The longest pause between retries, with keys in hand and before the first were loaded. */
  readonly maxRetryDelay: number;
  readonly maxFirstRetryDelay: number;
}

/** @throws TypeError for a number that is not positive and finite */
export function keyCacheSettings(options: KeyCacheOptions = {}): KeyCacheSettings {
  return {
    refreshInterval: positive('refreshInterval', options.refreshInterval ?? 300) * 1000,
    maxStale: positive('maxStale', options.maxStale ?? 86_400) * 1000,
    timeout: positive('timeout', options.timeout ?? 3000),
    unknownKeyWait: positive('unknownKeyWait', options.unknownKeyWait ?? 250),
    fetch: options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request)),
    maxBytes: 64 * 1024,
    unknownKeys: 1000,
    unknownKeyTtl: 10_000,
    unknownKeyFetches: 5,
    unknownKeyFetchPeriod: 10_000,
    maxRetryDelay: 60_000,
    maxFirstRetryDelay: 4000,
  };
}

function positive(name: string, value: number): number {
  if (!Number.isFinite(value) || value <= 0) throw new TypeError(`keyCache.${name} must be a positive number`);
  return value;
}
