import type { VerificationKey } from './verification-key.js';

/** How one issuer's keys are, for readiness, metrics and logs. */
export interface KeySourceStatus {
  readonly issuer: string;
  /** Whether tokens of this issuer can be verified right now. */
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason: string | undefined;
  readonly keyIds: readonly string[];
  /** Why keys that the issuer publishes are not used, for each its place in the set and what is not sound about it. */
  readonly leftOut: readonly string[];
  /** Seconds since the keys were last confirmed by the issuer; `undefined` before the first time and for keys that are never fetched. */
  readonly ageSeconds: number | undefined;
  /** Why the last fetch failed; `undefined` after one that did not. */
  readonly lastError: string | undefined;
}

/** One issuer's verification keys. */
export interface KeySource {
  /**
   * In place for a key that is known, else a promise.
   *
   * @throws AuthError `key_unknown`, or `keys_unavailable` when this can't be told right now.
   */
  find(keyId: string): VerificationKey | Promise<VerificationKey>;
  /**
   * Whether this is one of a flood of names that nobody knows: `find` would refuse it, because more of them were asked for than
   * may cause a fetch. Never so where nothing is fetched.
   */
  isFlood(keyId: string): boolean;
  /** Begins background refresh; resolves after the first attempt, whatever came of it. */
  start(): Promise<void>;
  /** Ends any fetch and causes no other until it is started again; the keys at hand go on verifying. */
  stop(): void;
  /** Asks the issuer now, unless it is never asked or was stopped; resolves when that is done, whatever came of it. */
  refresh(): Promise<void>;
  /** Never again trusts this key, whatever the issuer publishes. */
  revoke(keyId: string): void;
  status(): KeySourceStatus;
}
