/** How fetched keys are cached. The defaults suit an issuer that publishes a key at least 10 minutes before it signs with it. */
export interface KeyCacheOptions {
  /** Seconds between two background refreshes, at most a day. Each happens up to 20% earlier, at random, so that instances do not refresh together. Default 300. */
  readonly refreshInterval?: number;
  /** Seconds for which the last valid keys are used while the issuer cannot be reached; at least `refreshInterval`. Default 86400. */
  readonly maxStale?: number;
  /** Milliseconds that one fetch may take, at most a minute. Default 3000. */
  readonly timeout?: number;
  /** Milliseconds that a request with an unknown kid waits for a key fetch, at most a minute. Default 250. */
  readonly unknownKeyWait?: number;
  /** For tests, and for a `fetch` that uses a proxy. Default: the global `fetch`. */
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
  /** How many unknown kids are remembered. */
  readonly unknownKeys: number;
  /** For how many milliseconds they are remembered. */
  readonly unknownKeyTtl: number;
  /** How many fetches unknown kids may cause at once. */
  readonly unknownKeyFetches: number;
  /** Milliseconds after which one more such fetch is allowed. */
  readonly unknownKeyFetchPeriod: number;
  /** The longest pause between retries, once keys were loaded. */
  readonly maxRetryDelay: number;
  /** The longest pause between retries, before any keys were loaded. */
  readonly maxFirstRetryDelay: number;
}

const DAY = 86_400;
const MINUTE_IN_MS = 60_000;

/** @throws TypeError for a number that is not positive, or is too large for a timer */
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
