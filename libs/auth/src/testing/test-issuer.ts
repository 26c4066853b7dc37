import { randomUUID } from 'node:crypto';
import {
  type AsymmetricAlgorithm,
  type Clock,
  type Jwk,
  systemClock,
  type TrustedIssuer,
} from '../verification/index.js';
import { type JwksServer, serveJwks } from './jwks-server.js';
import { createSecretSigningKey, createSigningKey, type SigningKey } from './signing-key.js';
import { type SegmentContent, signToken } from './forge.js';
import type { TestClaims } from './test-claims.js';

/** How a test issuer differs from the default. */
export interface TestIssuerOptions {
  /** Default `https://issuer.test`. */
  readonly issuer?: string;
  /** Default ES256. HS256 makes an issuer with a shared secret. */
  readonly algorithm?: AsymmetricAlgorithm | 'HS256';
  readonly clock?: Clock;
  /** The header parameter `typ` of its tokens. Default `at+jwt` (RFC 9068 §2.1); `none` leaves it out. */
  readonly tokenType?: string | undefined;
}

/** How a test token differs from the default. */
export interface MintOptions {
  /** Seconds from `iat` to `exp`. Default 300. */
  readonly lifetime?: number;
  /** Changes to the header; `undefined` removes a parameter. */
  readonly header?: TestClaims;
  /** Default: the issuer's newest key. */
  readonly key?: SigningKey;
}

/**
 * An issuer in the test process, with its own keys. Created by {@link createTestIssuer}.
 *
 * @example
 * ```ts
 * import { TestIssuer } from '@watchword/auth/testing';
 *
 * // A service that was started with `issuer.serve()` takes tokens of the new key, and still those of the old one.
 * export async function tokensOfTwoKeys(issuer: TestIssuer): Promise<[old: string, current: string]> {
 *   const old = await issuer.mint();
 *   await issuer.rotate();
 *   return [old, await issuer.mint()];
 * }
 * ```
 */
export class TestIssuer {
  #keys: [SigningKey, ...SigningKey[]];

  /** @internal */
  constructor(
    readonly issuer: string,
    key: SigningKey,
    private readonly clock: Clock,
    private readonly tokenType: string,
  ) {
    this.#keys = [key];
  }

  /** The time of its clock, in seconds since the epoch. */
  now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** The current signing key. */
  get key(): SigningKey {
    return this.#keys[0];
  }

  /** Its public keys, newest first. */
  jwks(): { keys: Jwk[] } {
    return { keys: this.#keys.flatMap(({ publicJwk }) => (publicJwk === undefined ? [] : [publicJwk])) };
  }

  /** The options with which a service trusts this issuer, without network access. */
  trusted(audience: string | readonly [string, ...string[]]): TrustedIssuer {
    const { algorithm, secret } = this.key;
    const { issuer } = this;
    if (algorithm !== 'HS256') return { issuer, audience, keys: { jwks: this.jwks() }, algorithms: [algorithm] };
    return { issuer, audience, secrets: [secret as string] };
  }

  /** A valid access token in the profile of RFC 9068, with the requested changes. */
  async mint(claims?: TestClaims, options?: MintOptions): Promise<string> {
    return this.mintNow(claims, options);
  }

  /** @internal */
  mintNow(claims: TestClaims = {}, { lifetime = 300, header = {}, key = this.key }: MintOptions = {}): string {
    return this.sign(this.header(header, key), this.claims(claims, lifetime), key);
  }

  /** Signs any text, bytes or JSON, to make invalid tokens. */
  sign(header: SegmentContent, payload: SegmentContent, key: SigningKey = this.key): string {
    return signToken(key, header, payload);
  }

  /** The header of a token that it signs, with these changes. */
  header(change: TestClaims = {}, key: SigningKey = this.key): Record<string, unknown> {
    const typ = this.tokenType === 'none' ? undefined : this.tokenType;
    return { typ, alg: key.algorithm, kid: key.keyId, ...change };
  }

  /** The claims of a token that it signs, with these changes. `lifetime` is in seconds. */
  claims(change: TestClaims = {}, lifetime = 300): Record<string, unknown> {
    const now = this.now();
    return {
      iss: this.issuer,
      sub: 'user-1',
      aud: ['auth', 'catalog', 'orders', 'inventory'],
      iat: now,
      exp: now + lifetime,
      jti: randomUUID(),
      client_id: 'watchword',
      sid: 'session-1',
      scope: '',
      roles: ['customer'],
      ...change,
    };
  }

  /** Signs with a new key from now on; the old keys stay published. */
  async rotate(): Promise<SigningKey> {
    const { algorithm } = this.key;
    const key = algorithm === 'HS256' ? createSecretSigningKey() : await createSigningKey(algorithm);
    this.#keys = [key, ...this.#keys];
    return key;
  }

  /** Stops publishing this key. */
  retire(keyId: string): void {
    const [first, ...rest] = this.#keys.filter((key) => key.keyId !== keyId);
    if (first === undefined) throw new TypeError('The last key cannot be retired: rotate first');
    this.#keys = [first, ...rest];
  }

  /** Publishes its keys over HTTP, on a free port of this machine. */
  serve(): Promise<JwksServer> {
    return serveJwks(() => this.jwks());
  }
}

/**
 * Creates an issuer for tests. It is not reachable from outside the test process.
 *
 * @example
 * ```ts
 * import { userClaims, createTestIssuer } from '@watchword/auth/testing';
 * import { TokenVerifier } from '@watchword/auth/verification';
 *
 * const issuer = await createTestIssuer();
 * const verifier = new TokenVerifier({ issuers: [issuer.trusted('parcels')] });
 *
 * const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'parcels' }));
 * const { subject } = await verifier.verify(token);
 * console.log(subject); // ada
 * ```
 */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { issuer = 'https://issuer.test', algorithm = 'ES256', clock = systemClock, tokenType = 'at+jwt' } = options;
  const key = algorithm === 'HS256' ? createSecretSigningKey() : await createSigningKey(algorithm);
  return new TestIssuer(issuer, key, clock, tokenType);
}
