/** How fetched keys are kept. The defaults suit an issuer that publishes a key at least 10 minutes before it signs with it. */
export interface KeyCacheOptions {
  /** Seconds between two background refreshes, at most a day; each is made up to a fifth earlier, so that instances don't move in step. Default 300. */
  readonly refreshInterval?: number;
  /** Seconds for which the last good keys are used while the issuer can't be reached; no less than `refreshInterval`. Default 86400. */
  readonly maxStale?: number;
  /** Milliseconds that one fetch may take, at most a minute. Default 3000. */
  readonly timeout?: number;
  /** Milliseconds that a request with an unknown kid waits for the fetch it started or joined, at most a minute. Default 250. */
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

const DAY = 86_400;
const MINUTE_IN_MS = 60_000;

/** @throws TypeError for a number that is not positive, or so large that a timer would take it for none */
export function keyCacheSettings(options: KeyCacheOptions = {}): KeyCacheSettings {
  const refreshInterval = positive('refreshInterval', options.refreshInterval ?? 300, DAY);
  const maxStale = positive('maxStale', options.maxStale ?? DAY, Number.MAX_SAFE_INTEGER);
  if (maxStale < refreshInterval) {
    throw new TypeError('keyCache.maxStale must not be less than refreshInterval: keys would expire between refreshes');
  }
  return {
    refreshInterval: refreshInterval * 1000,
    maxStale: maxStale * 1000,
    timeout: positive('timeout', options.timeout ?? 3000, MINUTE_IN_MS),
    unknownKeyWait: positive('unknownKeyWait', options.unknownKeyWait ?? 250, MINUTE_IN_MS),
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

function positive(name: string, value: number, max: number): number {
  if (value > 0 && value <= max) return value;
  throw new TypeError(`keyCache.${name} must be a positive number of at most ${max}`);
}
