import { RevocationFollower } from '../revocation/index.js';
import {
  TokenVerifier,
  bothRevocations,
  type TokenVerifierOptions,
  type TrustedIssuer,
} from '../verification/index.js';
import { ManualClock } from './manual-clock.js';
import { refusedTokens, type RefusedToken } from './refused-tokens.js';
import { userClaims, type TestClaims, type TestUser } from './test-claims.js';
import { createTestIssuer, type MintOptions, type TestIssuer } from './test-issuer.js';
import type { TestClient, TestGrpcClient } from './test-clients.js';
import { TestRevocations, type TestRevocation } from './test-revocations.js';

/** How {@link provideAuthTesting} differs from the default. */
export interface AuthTestingOptions {
  /** The clock of the issuers and of the application's verifier. Default: one that stands still at this moment. */
  readonly clock?: ManualClock;
  /** The claims of a user at an issuer whose tokens are not those of RFC 9068. Default: {@link userClaims}. */
  readonly claimsOf?: (user: TestUser, issuer: string) => TestClaims;
}

/** Whose token: a user of the first trusted issuer, or of the one with this name; or a token as it is. */
export type TestIdentity = (TestUser & { readonly issuer?: string }) | string;

/** The part of the builder of `Test.createTestingModule()` that is used here. */
export interface TestingModule {
  /** Nest's own: says what is used in place of a provider. */
  overrideProvider(token: unknown): ProviderOverride;
}

/** The part of what `overrideProvider()` returns that is used here. */
export interface ProviderOverride {
  /** Nest's own. */
  useValue(value: unknown): unknown;
  /** Nest's own. */
  useFactory(options: { factory: (...values: never[]) => unknown; inject?: unknown[] }): unknown;
}

/** What needs Nest, which the rest of this entry point does not. */
type NestParts = typeof import('./nest/module-options.js');

/**
 * Authentication under the control of a test. Made by {@link provideAuthTesting}.
 *
 * @example
 * ```ts
 * import type { AuthTesting } from '@watchword/auth/testing';
 *
 * // Ends the session of a user everywhere, as a logout at the issuer does, and lets five minutes pass.
 * export function later(auth: AuthTesting, sessionId: string): void {
 *   auth.revoke({ sessionId });
 *   auth.clock.advance(300);
 * }
 * ```
 */
export class AuthTesting {
  /** The time of the issuers and of the application's verifier. */
  readonly clock: ManualClock;
  readonly #revocations = new TestRevocations();
  readonly #issuers = new Map<string, TrustedTestIssuer>();
  readonly #verifiers = new Set<TokenVerifier>();
  readonly #claimsOf: (user: TestUser, issuer: string) => TestClaims;
  readonly #nest: NestParts;
  #isDown = false;

  /** @internal */
  constructor({ clock = new ManualClock(Date.now()), claimsOf = userClaims }: AuthTestingOptions, nest: NestParts) {
    this.clock = clock;
    this.#claimsOf = claimsOf;
    this.#nest = nest;
  }

  /**
   * Replaces every issuer that the application trusts by one in this process, of the same name, audience and algorithm. The application
   * still verifies each token; nothing is fetched, and nothing is mocked. Its stream of revocations is not followed: use {@link revoke}.
   *
   * @returns the same builder
   */
  applyTo<T extends TestingModule>(builder: T): T {
    const { MODULE_OPTIONS_TOKEN, verifierOptions } = this.#nest;
    builder.overrideProvider(RevocationFollower).useValue(null);
    builder.overrideProvider(TokenVerifier).useFactory({
      inject: [MODULE_OPTIONS_TOKEN],
      factory: (options: Parameters<typeof verifierOptions>[0]) => this.#verifierFor(verifierOptions(options)),
    });
    return builder;
  }

  /** The issuer in place of the one with this name; default: the first that the application trusts. @throws Error before `compile()` */
  issuer(name?: string): TestIssuer {
    return this.#trusted(name).issuer;
  }

  /** A token of this user, for this application. */
  token(user: TestUser & { readonly issuer?: string } = {}, options?: MintOptions): string {
    const { issuer, claims } = this.#claims(user);
    return issuer.mintNow(claims, options);
  }

  /**
   * A supertest agent that sends every request as this user, or with this token.
   *
   * @example
   * ```ts
   * import type { INestApplication } from '@nestjs/common';
   * import type { AuthTesting } from '@watchword/auth/testing';
   * import request from 'supertest';
   *
   * export async function onlyClerksSend(app: INestApplication, auth: AuthTesting): Promise<void> {
   *   const server = request(app.getHttpServer());
   *   await auth.asUser(server, { roles: ['clerk'] }).post('/parcels').send({ to: 'Rome' }).expect(201);
   *   await auth.asUser(server, { roles: ['customer'] }).post('/parcels').send({ to: 'Rome' }).expect(403);
   * }
   * ```
   */
  asUser<T extends object>(agent: T, user: TestIdentity = {}): T {
    return new Proxy(agent, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function' || !HTTP_METHODS.has(name)) return value;
        return (...parameters: unknown[]) => {
          const request = value.apply(target, parameters) as { set(name: string, value: string): unknown };
          return request.set('Authorization', this.#bearer(user));
        };
      },
    });
  }

  /**
   * A client for a microservice, with the options of Nest's own client. A token is made for each message.
   *
   * @example
   * ```ts
   * import { Transport } from '@nestjs/microservices';
   * import type { AuthTesting } from '@watchword/auth/testing';
   *
   * export async function reserves(auth: AuthTesting, port: number): Promise<{ id: string }> {
   *   const client = await auth.client({ transport: Transport.TCP, options: { port } }, { roles: ['clerk'] });
   *   try {
   *     return await client.send('parcel.reserve', { count: 1 });
   *   } finally {
   *     await client.close();
   *   }
   * }
   * ```
   */
  async client(
    service: { readonly transport: number; readonly options?: object | undefined },
    user: TestIdentity = {},
  ): Promise<TestClient> {
    const { testClient } = await import('./nest/clients.js');
    return testClient(service, () => this.#tokenOf(user));
  }

  /** The same for a gRPC service: the options are those of Nest's own gRPC client. */
  async grpcClient(options: object, user: TestIdentity = {}): Promise<TestGrpcClient> {
    const { testGrpcClient } = await import('./nest/grpc-client.js');
    return testGrpcClient(options, () => this.#tokenOf(user));
  }

  /** Tokens of this user with every kind of flaw. A guarded endpoint refuses each. */
  refusedTokens(user: TestUser & { readonly issuer?: string } = {}): Promise<readonly RefusedToken[]> {
    const { issuer, claims } = this.#claims(user);
    return refusedTokens(issuer, claims);
  }

  /** Revokes all tokens that have these: `revoke({ sessionId })`, `revoke({ subject })`. They are refused from now on. */
  revoke(revoked: TestRevocation): void {
    this.#revocations.revoke(revoked);
  }

  /** The issuer signs with a new key, which the application has fetched when this resolves. Tokens of the old key stay good. */
  async rotate(name?: string): Promise<void> {
    const { issuer } = this.#trusted(name);
    await issuer.rotate();
    await Promise.all([...this.#verifiers].map((verifier) => verifier.refreshKeys(issuer.issuer)));
  }

  /** From now on no keys can be fetched. Those that the application has stay in use. */
  goDown(): void {
    this.#isDown = true;
  }

  /** Keys can be fetched again. */
  comeBack(): void {
    this.#isDown = false;
  }

  async #verifierFor(options: TokenVerifierOptions): Promise<TokenVerifier> {
    const [first, ...others] = options.issuers;
    const verifier = new TokenVerifier({
      ...options,
      clock: this.clock,
      issuers: [await this.#replaced(first), ...(await Promise.all(others.map((issuer) => this.#replaced(issuer))))],
      revocations:
        options.revocations === undefined ? this.#revocations : bothRevocations(options.revocations, this.#revocations),
    });
    this.#verifiers.add(verifier);
    return verifier;
  }

  async #replaced(trust: TrustedIssuer): Promise<TrustedIssuer> {
    const known = this.#issuers.get(trust.issuer);
    const algorithm = trust.secrets === undefined ? (trust.algorithms?.[0] ?? 'ES256') : 'HS256';
    const [tokenType] = trust.tokenTypes ?? [];
    const issuer =
      known?.issuer ?? (await createTestIssuer({ issuer: trust.issuer, algorithm, clock: this.clock, tokenType }));
    const audience = [trust.audience].flat();
    this.#issuers.set(trust.issuer, { issuer, audience: [...new Set([...(known?.audience ?? []), ...audience])] });
    if (trust.secrets !== undefined) return { ...trust, secrets: [issuer.key.secret as string] };
    return { ...trust, keys: { load: () => this.#load(issuer) } };
  }

  async #load(issuer: TestIssuer): Promise<ReturnType<TestIssuer['jwks']>> {
    if (this.#isDown) throw new Error(`${issuer.issuer} is down`);
    return issuer.jwks();
  }

  #trusted(name?: string): TrustedTestIssuer {
    const [first] = this.#issuers.values();
    const trusted = name === undefined ? first : this.#issuers.get(name);
    if (trusted !== undefined) return trusted;
    throw new Error(
      name === undefined || first === undefined
        ? 'No application has these issuers yet. Call applyTo(Test.createTestingModule({ … })), and compile it, before you ask for tokens.'
        : `The application does not trust ${name}.`,
    );
  }

  #claims({ issuer: name, ...user }: TestUser & { readonly issuer?: string }): {
    issuer: TestIssuer;
    claims: TestClaims;
  } {
    const { issuer, audience } = this.#trusted(name);
    return { issuer, claims: { aud: audience, ...this.#claimsOf(user, issuer.issuer) } };
  }

  #tokenOf(user: TestIdentity): string {
    return typeof user === 'string' ? user : this.token(user);
  }

  #bearer(user: TestIdentity): string {
    return `Bearer ${this.#tokenOf(user)}`;
  }
}

/** An issuer of this process, and the names of the applications that trust it. */
interface TrustedTestIssuer {
  readonly issuer: TestIssuer;
  readonly audience: readonly string[];
}

const HTTP_METHODS: ReadonlySet<unknown> = new Set(['get', 'head', 'post', 'put', 'patch', 'delete', 'del', 'options']);

/**
 * Authentication for the tests of an application with `AuthModule`: tokens of any user without the issuer, under a clock that the test
 * moves. It needs `@nestjs/common` and `@nestjs/core`, and works in every test runner.
 *
 * @example
 * ```ts
 * import { Controller, Get, Module } from '@nestjs/common';
 * import { Test } from '@nestjs/testing';
 * import { AuthModule, CurrentUser, type VerifiedToken } from '@watchword/auth';
 * import { provideAuthTesting } from '@watchword/auth/testing';
 * import request from 'supertest';
 *
 * @Controller('parcels')
 * class ParcelsController {
 *   @Get()
 *   mine(@CurrentUser() user: VerifiedToken) {
 *     return { owner: user.subject };
 *   }
 * }
 *
 * @Module({
 *   imports: [AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } })],
 *   controllers: [ParcelsController],
 * })
 * class AppModule {}
 *
 * const auth = await provideAuthTesting();
 * const testing = await auth.applyTo(Test.createTestingModule({ imports: [AppModule] })).compile();
 * const app = await testing.createNestApplication().init();
 *
 * const server = request(app.getHttpServer());
 * await auth.asUser(server, { subject: 'ada' }).get('/parcels').expect(200, { owner: 'ada' });
 * await server.get('/parcels').expect(401);
 * ```
 */
export async function provideAuthTesting(options: AuthTestingOptions = {}): Promise<AuthTesting> {
  return new AuthTesting(options, await import('./nest/module-options.js'));
}
