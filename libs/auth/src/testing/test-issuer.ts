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

export interface TestIssuerOptions {
  /** Default `https://issuer.test`. */
  readonly issuer?: string;
  /** Default ES256. HS256 makes an issuer with a shared secret. */
  readonly algorithm?: AsymmetricAlgorithm | 'HS256';
  readonly clock?: Clock;
}

export interface MintOptions {
  /** Seconds from `iat` to `exp`. Default 300. */
  readonly lifetime?: number;
  /** Changes to the header; `undefined` leaves a parameter away. */
  readonly header?: TestClaims;
  /** Default: the issuer's newest key. */
  readonly key?: SigningKey;
}

/** An issuer in the test's own process, with keys of its own. Made by {@link createTestIssuer}. */
export class TestIssuer {
  #keys: [SigningKey, ...SigningKey[]];

  /** @internal */
  constructor(
    readonly issuer: string,
    key: SigningKey,
    private readonly clock: Clock,
  ) {
    this.#keys = [key];
  }

  /** Seconds since the epoch, by its clock. */
  now(): number {
    return Math.floor(this.clock.now() / 1000);
  }

  /** The key that it signs with. */
  get key(): SigningKey {
    return this.#keys[0];
  }

  /** Its public keys, newest first. */
  jwks(): { keys: Jwk[] } {
    return { keys: this.#keys.flatMap(({ publicJwk }) => (publicJwk === undefined ? [] : [publicJwk])) };
  }

  /** This issuer as a service trusts it, without any network. */
  trusted(audience: string | readonly [string, ...string[]]): TrustedIssuer {
    const { algorithm, secret } = this.key;
    const { issuer } = this;
    if (algorithm !== 'HS256') return { issuer, audience, keys: { jwks: this.jwks() }, algorithms: [algorithm] };
    return { issuer, audience, secrets: [secret as string] };
  }

  /** A good access token in the profile of RFC 9068, but for what is asked to be otherwise. */
  async mint(
    claims: TestClaims = {},
    { lifetime = 300, header = {}, key = this.key }: MintOptions = {},
  ): Promise<string> {
    return this.sign(this.header(header, key), this.claims(claims, lifetime), key);
  }

  /** Signs whatever it is given, as text, bytes or JSON: for tokens that no issuer should make. */
  sign(header: SegmentContent, payload: SegmentContent, key: SigningKey = this.key): string {
    return signToken(key, header, payload);
  }

  header(change: TestClaims = {}, key: SigningKey = this.key): Record<string, unknown> {
    return { typ: 'at+jwt', alg: key.algorithm, kid: key.keyId, ...change };
  }

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

  /** Signs with a new key from now on; the old ones stay published. */
  async rotate(): Promise<SigningKey> {
    const { algorithm } = this.key;
    const key = algorithm === 'HS256' ? createSecretSigningKey() : await createSigningKey(algorithm);
    this.#keys = [key, ...this.#keys];
    return key;
  }

  /** Publishes this key no longer. */
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

/** An issuer for tests; nothing of it is reachable from outside the test. */
export async function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  const { issuer = 'https://issuer.test', algorithm = 'ES256', clock = systemClock } = options;
  const key = algorithm === 'HS256' ? createSecretSigningKey() : await createSigningKey(algorithm);
  return new TestIssuer(issuer, key, clock);
}
