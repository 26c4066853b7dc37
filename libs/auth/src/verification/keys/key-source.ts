import type { VerificationKey } from './verification-key.js';

/** The state of one issuer's keys, for readiness checks, metrics and logs. */
export interface KeySourceStatus {
  readonly issuer: string;
  /** Whether tokens of this issuer can be verified right now. */
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason: string | undefined;
  readonly keyIds: readonly string[];
  /** The published keys that are not used: for each its index in the set and what is invalid about it. */
  readonly leftOut: readonly string[];
  /** Seconds since the last successful fetch; `undefined` before the first one and for keys that are never fetched. */
  readonly ageSeconds: number | undefined;
  /** Why the last fetch failed; `undefined` after a successful one. */
  readonly lastError: string | undefined;
}

/** One issuer's verification keys. */
export interface KeySource {
  /**
   * Returns a known key directly, otherwise a promise.
   *
   * @throws AuthError `key_unknown`, or `keys_unavailable` while no keys could be loaded
   */
  find(keyId: string): VerificationKey | Promise<VerificationKey>;
  /**
   * Whether `find` would refuse this unknown kid at once, because recent unknown kids have used up the allowed fetches. Always
   * false for keys that are never fetched.
   */
  isFlood(keyId: string): boolean;
  /** Starts the background refresh; resolves after the first attempt, successful or not. */
  start(): Promise<void>;
  /** Aborts any fetch and starts no other until `start` is called again. The loaded keys stay in use. */
  stop(): void;
  /** Fetches the keys now, unless they are never fetched or the source was stopped. Resolves when done, successful or not. */
  refresh(): Promise<void>;
  /** Stops trusting this key permanently, even if the issuer still publishes it. */
  revoke(keyId: string): void;
  status(): KeySourceStatus;
}
