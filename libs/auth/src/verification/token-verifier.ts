import { AuthError } from './auth-error.js';
import { systemClock, type Clock } from './clock.js';
import { decodeJsonSegment, decodeSegment, splitToken } from './compact-token.js';
import { type IssuerTrust, trustIssuer } from './issuer-trust.js';
import { type KeyCacheOptions, keyCacheSettings } from './keys/key-cache-options.js';
import type { KeySource, KeySourceStatus } from './keys/key-source.js';
import { isSameAlgorithm } from './keys/signature-algorithms.js';
import type { VerificationKey } from './keys/verification-key.js';
import type { CachedToken } from './cache/cached-token.js';
import { TokenCache, type TokenCacheOptions } from './cache/token-cache.js';
import { TokenEnds } from './token-ends.js';
import { parseHeader, type TokenHeader } from './token-header.js';
import { checkTimes, tokenTimes } from './token-times.js';
import type { RevocationCheck, TrustedIssuer } from './trusted-issuer.js';
import type { VerifiedToken } from './verified-token.js';

/** Which tokens a {@link TokenVerifier} accepts. Only `issuers` is required. */
export interface TokenVerifierOptions {
  /** The first one is your own issuer: its roles and scopes are accepted. Those of other issuers are accepted as their `grants` allow. */
  readonly issuers: readonly [TrustedIssuer, ...TrustedIssuer[]];
  /** Default: the system clock. */
  readonly clock?: Clock;
  /** Seconds by which the clocks of issuer and service may differ, 0 to 300. Default 5. */
  readonly clockTolerance?: number;
  /** The longest lifetime of a token, from `iat` to `exp`, in seconds; a longer one is refused. Default 86400. */
  readonly maxTokenLifetime?: number;
  /** Refuses revoked tokens. Without it, tokens are valid until they expire. */
  readonly revocations?: RevocationCheck;
  /** The limits of the cache of verified tokens; `false` verifies the signature of every request. */
  readonly cache?: false | TokenCacheOptions;
  /** How fetched keys are cached. */
  readonly keyCache?: KeyCacheOptions;
}

/**
 * Verifies access tokens and returns {@link VerifiedToken}s. Create one per application and share it.
 *
 * @example
 * ```ts
 * import { TokenVerifier } from '@watchword/auth/verification';
 *
 * const verifier = new TokenVerifier({
 *   issuers: [
 *     {
 *       issuer: 'https://auth.example',
 *       audience: 'parcels',
 *       keys: { jwksUri: 'https://auth.example/.well-known/jwks.json' },
 *     },
 *   ],
 * });
 * await verifier.start();
 *
 * export async function subjectOf(token: string): Promise<string> {
 *   const { subject } = await verifier.verify(token);
 *   return subject;
 * }
 * ```
 */
export class TokenVerifier {
  /** The first trusted issuer: this service's own. */
  readonly ownIssuer: string;
  readonly #issuers: ReadonlyMap<string, IssuerTrust>;
  readonly #clock: Clock;
  readonly #tolerance: number;
  readonly #maxLifetime: number;
  readonly #revocations: RevocationCheck | undefined;
  readonly #cache: TokenCache | undefined;
  readonly #ends: TokenEnds;

  /** @throws TypeError for unsafe options; the message names what to change */
  constructor(options: TokenVerifierOptions) {
    const { issuers, clock = systemClock, cache = {} } = options;
    const keyCache = keyCacheSettings(options.keyCache);
    this.#clock = clock;
    this.#tolerance = integer('clockTolerance', options.clockTolerance ?? 5, 0, 300);
    this.#maxLifetime = integer('maxTokenLifetime', options.maxTokenLifetime ?? 86_400, 1, Number.MAX_SAFE_INTEGER);
    this.#revocations = options.revocations;
    this.#ends = new TokenEnds(clock, this.#tolerance, options.revocations);
    this.#cache = cache === false ? undefined : new TokenCache(cache);
    this.#issuers = new Map(
      issuers.map((issuer, index) => [
        issuer.issuer,
        trustIssuer(issuer, index === 0 ? 'everything' : 'nothing', keyCache, clock),
      ]),
    );
    if (this.#issuers.size === 0) throw new TypeError('A token verifier needs at least one trusted issuer');
    if (this.#issuers.size < issuers.length) throw new TypeError('An issuer is configured twice');
    this.ownIssuer = issuers[0].issuer;
  }

  /**
   * Returns directly for a cached token, and for a new one while there are few. Otherwise it returns a promise.
   *
   * @throws AuthError synchronously or by rejection
   */
  verify(token: string): VerifiedToken | Promise<VerifiedToken> {
    if (typeof token !== 'string') throw new AuthError('token_malformed', { reason: 'not a string' });
    // A token that is not in the cache, or no longer valid, is fully verified: its error is then the same as without a cache.
    const known = this.#cache?.get(token, this.#clock.now());
    if (known === undefined) return this.#verifyNew(token);
    this.#checkKnown(known);
    return known.verified;
  }

  /**
   * Calls `listener` once, when a token that this verifier returned ends: with `token_expired`, `token_revoked`, or `key_unknown` after
   * {@link revokeKey}. For what goes on after the check: an open connection, a stream. If the token has ended already, `listener` is called
   * before this returns.
   *
   * @returns stops it; call it when the connection or the stream ends by itself
   */
  whenEnded(verified: VerifiedToken, listener: (error: AuthError) => void): () => void {
    return this.#ends.watch(verified, listener);
  }

  /** Starts the background refresh of keys; resolves after one attempt for each issuer, successful or not. */
  async start(): Promise<void> {
    await Promise.all(this.#keySources().map((source) => source.start()));
  }

  /** Stops the background refresh and any fetch; nothing is fetched until `start` is called again. The loaded keys stay in use. */
  stop(): void {
    for (const source of this.#keySources()) source.stop();
  }

  /** The state of each issuer's keys, for readiness checks and metrics. */
  status(): readonly KeySourceStatus[] {
    return this.#keySources().map((source) => source.status());
  }

  /**
   * Fetches the keys of one issuer, or of all, now. Call it when you learn that keys changed; resolves when done.
   *
   * @throws TypeError by rejection for an issuer that is not trusted
   */
  async refreshKeys(issuer?: string): Promise<void> {
    await Promise.all(this.#keySources(issuer).map((source) => source.refresh()));
  }

  /**
   * Stops trusting a key permanently, even if the issuer still publishes it. Tokens that it verified are refused at once.
   *
   * @throws TypeError for an issuer that is not trusted: a misspelled name must not leave the key in use
   */
  revokeKey(issuer: string, keyId: string): void {
    for (const source of this.#keySources(issuer)) source.revoke(keyId);
    this.#ends.endKey(issuer, keyId);
  }

  #keySources(issuer?: string): KeySource[] {
    if (issuer === undefined) return [...this.#issuers.values()].map((trust) => trust.keys);
    const trust = this.#issuers.get(issuer);
    if (trust === undefined) throw new TypeError(`${issuer} is not a trusted issuer`);
    return [trust.keys];
  }

  #verifyNew(token: string): VerifiedToken | Promise<VerifiedToken> {
    const { header: headerSegment, payload, signature: signatureSegment, signingInput } = splitToken(token);
    const header = parseHeader(headerSegment);
    if (this.#isFlood(header.keyId)) throw new AuthError('key_unknown', { reason: 'one of many unknown kids' });
    const claims = decodeJsonSegment(payload);
    const signature = decodeSegment(signatureSegment);
    const trust = this.#trustOf(claims.iss, header);
    const key = trust.keys.find(header.keyId);
    const presented: PresentedToken = { token, header, claims, signature, signingInput, trust };
    return key instanceof Promise
      ? key.then((found) => this.#verifyWith(found, presented))
      : this.#verifyWith(key, presented);
  }

  /** During a flood of unknown kids, a token with an unknown kid is refused before anything else is parsed. */
  #isFlood(keyId: string): boolean {
    for (const { keys } of this.#issuers.values()) if (!keys.isFlood(keyId)) return false;
    return true;
  }

  /** Before the signature is verified: the issuer that the token names, if that issuer may use this type and algorithm. */
  #trustOf(issuer: unknown, { type, algorithm }: TokenHeader): IssuerTrust {
    if (issuer === undefined) throw new AuthError('claim_missing', { claim: 'iss' });
    if (typeof issuer !== 'string' || issuer === '') throw new AuthError('claim_invalid', { claim: 'iss' });
    const trust = this.#issuers.get(issuer);
    if (trust === undefined) throw new AuthError('issuer_unknown', { claim: 'iss' });
    if (!trust.allowsType(type)) throw new AuthError('type_not_allowed');
    if (!trust.algorithms.has(algorithm)) throw new AuthError('algorithm_not_allowed');
    return trust;
  }

  #verifyWith(key: VerificationKey, presented: PresentedToken): VerifiedToken | Promise<VerifiedToken> {
    const { header, signature, signingInput } = presented;
    if (!isSameAlgorithm(key.algorithm, header.algorithm)) {
      throw new AuthError('algorithm_not_allowed', { reason: 'not the algorithm of the key' });
    }
    const good = key.verify(signingInput, signature);
    return typeof good === 'boolean'
      ? this.#verifyClaims(good, key, presented)
      : good.then((g) => this.#verifyClaims(g, key, presented));
  }

  #verifyClaims(good: boolean, key: VerificationKey, presented: PresentedToken): VerifiedToken {
    if (!good) throw new AuthError('signature_invalid');
    const { token, claims, trust } = presented;
    const verified = trust.profile.read(claims, key.keyId);
    this.#checkLifetime(verified.expiresAt - verified.issuedAt);
    const times = tokenTimes(
      { iat: verified.issuedAt, nbf: claims.nbf as number | undefined, exp: verified.expiresAt },
      this.#tolerance,
    );
    const now = this.#clock.now();
    // The key may have been withdrawn while the signature was verified.
    if (!(now < key.trustedUntil)) throw new AuthError('key_unknown');
    checkTimes(times, now);
    this.#checkRevoked(verified);
    this.#cache?.set({ token, verified, times, key }, now);
    return verified;
  }

  /** `iat` is not in the future, so this also limits how far `exp` is in the future. */
  #checkLifetime(seconds: number): void {
    if (seconds > 0 && seconds <= this.#maxLifetime) return;
    throw new AuthError('claim_invalid', { claim: 'exp', reason: `not 1 to ${this.#maxLifetime} s after iat` });
  }

  /** A cached token is checked for revocation again only when the revocations have changed since its last check. */
  #checkKnown(known: CachedToken): void {
    const version = this.#revocations?.version;
    if (version !== undefined && version === known.checkedVersion) return;
    this.#checkRevoked(known.verified);
    if (version !== undefined) known.checkedVersion = version;
  }

  #checkRevoked(verified: VerifiedToken): void {
    if (this.#revocations?.isRevoked(verified) === true) throw new AuthError('token_revoked');
  }
}

/** A token while it is being verified. */
interface PresentedToken {
  readonly token: string;
  readonly header: TokenHeader;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signature: Buffer;
  readonly signingInput: string;
  readonly trust: IssuerTrust;
}

function integer(name: string, value: number, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new TypeError(`${name} must be a whole number of seconds from ${min} to ${max}`);
  }
  return value;
}
