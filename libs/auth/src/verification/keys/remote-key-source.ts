import { AuthError } from '../auth-error.js';
import { publish, type KeysMessage } from '../diagnostics.js';
import type { Clock } from '../clock.js';
import type { AsymmetricAlgorithm } from '../trusted-issuer.js';
import { isSameKey, JwkSetError, readJwkSet } from './jwk-set.js';
import type { KeyCacheSettings } from './key-cache-options.js';
import type { KeySetOrigin, LoadedKeySet } from './key-set-origin.js';
import type { KeySource, KeySourceStatus } from './key-source.js';
import { RecentNames } from './recent-names.js';
import { TokenBucket } from './token-bucket.js';
import type { VerificationKey } from './verification-key.js';

/** In milliseconds. A `Date` further ahead of our clock is ignored: one of the two clocks is wrong. */
const MAX_CLOCK_SKEW = 60_000;
/** How much the clocks of an issuer's instances may differ, in milliseconds. A cached response is older than that. */
const MAX_INSTANCE_SKEW = 10_000;
const FIRST_RETRY = 1000;
/** In milliseconds. Applies even if `max-age` of the response is shorter. */
const MIN_INTERVAL = 30_000;

interface Refresh {
  /** Never rejects. */
  readonly done: Promise<void>;
  /** Like `done`, but settles at the latest when a request may wait no longer. */
  readonly awaited: Promise<void>;
}

/**
 * The published keys of an issuer, refreshed in the background.
 *
 * A request with a known kid never waits. An issuer that is down, slow or hostile has limited effect: the last valid keys stay
 * in use until they are too old, an invalid response changes only `lastError`, and an invalid key is skipped.
 */
export class RemoteKeySource implements KeySource {
  #keys: ReadonlyMap<string, VerificationKey> = new Map();
  readonly #revoked = new Set<string>();
  readonly #unknown: RecentNames;
  readonly #budget: TokenBucket;
  /** Why keys of the current set were skipped. */
  #leftOut: readonly string[] = [];
  /** The number of keys in the current set, including keys that were revoked here. */
  #published = 0;
  /** When the keys were last fetched successfully, in milliseconds since the epoch. */
  #confirmedAt: number | undefined;
  /** The newest `Date` of an accepted response, in milliseconds since the epoch. */
  #madeAt: number | undefined;
  /** Until the next background refresh, in milliseconds. */
  #interval: number;
  /** The number of successful loads. */
  #loads = 0;
  #failures = 0;
  #lastError: string | undefined;
  /** Requests cause no fetch before this time, in milliseconds since the epoch. */
  #retryAt = 0;
  #refresh: Refresh | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Aborted by `stop`: from then on nothing is fetched. */
  #life = new AbortController();

  constructor(
    readonly issuer: string,
    private readonly origin: KeySetOrigin,
    private readonly algorithms: readonly AsymmetricAlgorithm[],
    private readonly settings: KeyCacheSettings,
    private readonly clock: Clock,
  ) {
    this.#interval = settings.refreshInterval;
    this.#unknown = new RecentNames(settings.unknownKeys, settings.unknownKeyTtl);
    this.#budget = new TokenBucket(settings.unknownKeyFetches, settings.unknownKeyFetchPeriod, clock.now());
  }

  async start(): Promise<void> {
    if (this.#isStopped) this.#life = new AbortController();
    await this.#fetchOrJoin().done;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#life.abort();
  }

  async refresh(): Promise<void> {
    await this.#refresh?.done; // the running fetch may have been answered before the change
    if (!this.#isStopped) await this.#fetchOrJoin().done;
  }

  find(keyId: string): VerificationKey | Promise<VerificationKey> {
    const now = this.clock.now();
    const key = this.#keys.get(keyId);
    if (key !== undefined && now < key.trustedUntil) return key;
    if (!this.#isLoaded(now)) return this.#findAfterLoad(keyId, now);
    if (this.#revoked.has(keyId) || this.#unknown.has(keyId, now) || !this.#mayFetch(now)) {
      throw new AuthError('key_unknown');
    }
    return this.#findAfterRefresh(keyId);
  }

  isFlood(keyId: string): boolean {
    if (this.#refresh !== undefined || this.#keys.has(keyId)) return false;
    const now = this.clock.now();
    return this.#isLoaded(now) && this.#budget.isEmpty(now);
  }

  revoke(keyId: string): void {
    this.#revoked.add(keyId);
    this.#keys.get(keyId)?.distrust();
    this.#keys = withoutAll(this.#keys, this.#revoked);
    this.#publish('revoked');
  }

  status(): KeySourceStatus {
    const now = this.clock.now();
    const ready = this.#isLoaded(now) && this.#keys.size > 0;
    return {
      issuer: this.issuer,
      ready,
      reason: ready ? undefined : this.#unreadyReason(),
      keyIds: [...this.#keys.keys()],
      leftOut: this.#leftOut,
      ageSeconds: this.#confirmedAt === undefined ? undefined : Math.max(0, (now - this.#confirmedAt) / 1000),
      lastError: this.#lastError,
    };
  }

  get #isStopped(): boolean {
    return this.#life.signal.aborted;
  }

  #isLoaded(now: number): boolean {
    return this.#confirmedAt !== undefined && now < this.#confirmedAt + this.settings.maxStale;
  }

  #unreadyReason(): string {
    if (this.#isLoaded(this.clock.now())) {
      return this.#published === 0 ? 'the issuer publishes no key that can verify' : 'every key was revoked';
    }
    const what = this.#confirmedAt === undefined ? 'its keys were never loaded' : 'its keys are too old';
    return this.#lastError === undefined ? what : `${what}: ${this.#lastError}`;
  }

  async #findAfterLoad(keyId: string, now: number): Promise<VerificationKey> {
    if (this.#refresh !== undefined || this.#isDue(now)) await this.#fetchOrJoin().awaited;
    const key = this.#keys.get(keyId);
    if (!this.#isLoaded(this.clock.now())) throw new AuthError('keys_unavailable', { reason: this.#unreadyReason() });
    if (key === undefined) throw new AuthError('key_unknown');
    return key;
  }

  /** Whether a request may wait for a fetch: for the one that is running, or a new one within the shared limit. */
  #mayFetch(now: number): boolean {
    return this.#refresh !== undefined || (this.#isDue(now) && this.#budget.take(now));
  }

  #isDue(now: number): boolean {
    return !this.#isStopped && now >= this.#retryAt;
  }

  async #findAfterRefresh(keyId: string): Promise<VerificationKey> {
    const loads = this.#loads;
    await this.#fetchOrJoin().awaited;
    const key = this.#keys.get(keyId);
    if (key !== undefined) return key;
    if (this.#loads > loads) this.#unknown.remember(keyId, this.clock.now());
    throw new AuthError('key_unknown');
  }

  #fetchOrJoin(): Refresh {
    if (this.#refresh !== undefined) return this.#refresh;
    clearTimeout(this.#timer);
    const done = this.#fetch().finally(() => {
      this.#refresh = undefined;
      this.#schedule();
    });
    this.#refresh = { done, awaited: settledWithin(done, this.settings.unknownKeyWait) };
    return this.#refresh;
  }

  async #fetch(): Promise<void> {
    const { fetch, timeout, maxBytes } = this.settings;
    try {
      this.#accept(await this.origin.load({ fetch, timeout, maxBytes, signal: this.#life.signal }));
      this.#failures = 0;
      this.#lastError = undefined;
      this.#retryAt = 0;
      this.#publish('fetched');
    } catch (error) {
      this.#failures += 1;
      this.#lastError = describe(error);
      this.#retryAt = this.clock.now() + this.#backoff();
      this.#publish('failed', error);
    }
  }

  #publish(event: KeysMessage['event'], error?: unknown): void {
    publish('keys', () => ({ issuer: this.issuer, event, keyIds: [...this.#keys.keys()], error }));
  }

  /**
   * Accepts the valid keys of a set, or throws and changes nothing.
   *
   * A set without a valid key empties this source: that is how an issuer withdraws all its keys at once. Only the first set
   * must have a valid key, so that a service without any keys answers 503 and not 401.
   */
  #accept({ body, madeAt, maxAge = Infinity }: LoadedKeySet): void {
    const now = this.clock.now();
    const [dated, newest] = [plausible(madeAt, now), plausible(this.#madeAt, now)];
    if (dated !== undefined && newest !== undefined && dated < newest - MAX_INSTANCE_SKEW) {
      throw new Error('a response that is older than the current keys');
    }
    const { keys: published, unsound } = readJwkSet(body, this.algorithms);
    if (published.size === 0 && this.#confirmedAt === undefined) {
      throw new JwkSetError(['no key that can verify', ...unsound].join('; '));
    }
    const fetched = withoutAll(published, this.#revoked);
    const kept = new Map([...fetched].map(([keyId, key]) => [keyId, this.#sameKey(key) ?? key]));
    for (const [keyId, key] of this.#keys) if (kept.get(keyId) !== key) key.distrust();
    for (const key of kept.values()) key.trustUntil(now + this.settings.maxStale);
    this.#keys = kept;
    this.#leftOut = unsound;
    this.#published = published.size;
    this.#confirmedAt = now;
    this.#loads += 1;
    this.#madeAt = dated === undefined ? newest : Math.max(dated, newest ?? 0);
    // While no token can be verified, ask again soon: the empty set may be a mistake of the issuer.
    const age = published.size === 0 ? 0 : maxAge * 1000;
    this.#interval = Math.min(this.settings.refreshInterval, Math.max(MIN_INTERVAL, age));
  }

  /** The current key object if it is the same key, so that tokens that it verified stay in the cache. */
  #sameKey(key: VerificationKey): VerificationKey | undefined {
    const known = this.#keys.get(key.keyId);
    return known !== undefined && isSameKey(known, key) ? known : undefined;
  }

  #schedule(): void {
    if (this.#isStopped) return;
    const pause = this.#interval * (0.8 + 0.2 * Math.random());
    const delay = this.#failures === 0 ? pause : this.#retryAt - this.clock.now();
    this.#timer = setTimeout(() => void this.#fetchOrJoin(), Math.max(0, delay)).unref();
  }

  #backoff(): number {
    const cap = this.#isLoaded(this.clock.now()) ? this.settings.maxRetryDelay : this.settings.maxFirstRetryDelay;
    return Math.min(cap, FIRST_RETRY * 2 ** Math.min(this.#failures - 1, 20)) * (0.5 + 0.5 * Math.random());
  }
}

/** The date, unless it is in the future. After the clock was set back, a date that was accepted before can be in the future. */
function plausible(date: number | undefined, now: number): number | undefined {
  return date !== undefined && date <= now + MAX_CLOCK_SKEW ? date : undefined;
}

function withoutAll(
  keys: ReadonlyMap<string, VerificationKey>,
  names: ReadonlySet<string>,
): ReadonlyMap<string, VerificationKey> {
  return new Map([...keys].filter(([keyId]) => !names.has(keyId)));
}

/** One timer for all waiting requests. */
function settledWithin(done: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    void done.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The useful part of a `fetch` error is in its cause. An application's `load` may throw any value. */
function describe(error: unknown): string {
  const { message, cause } = Object(error) as { message?: unknown; cause?: Partial<NodeJS.ErrnoException> | null };
  const parts = [message, cause?.message || cause?.code].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? 'failed without a reason' : parts.join(': ');
}
