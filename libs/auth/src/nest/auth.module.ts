import { Inject, Module, type NestModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { CallerContext } from '../propagation/index.js';
import { RevocationFollower } from '../revocation/index.js';
import { TokenVerifier } from '../verification/index.js';
import { AccessTokenGuard } from './access-token.guard.js';
import { type AuthModuleOptions, followerOf, verifierOptions, withFollower } from './auth-module-options.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './auth.module-definition.js';
import { AuthAudit } from './boot/auth-audit.js';
import { BootAudit } from './boot/boot-audit.js';
import { RequestScopes } from './boot/request-scopes.js';
import { registerAdapters } from './contexts/adapters.js';
import { RequestCredentials } from './contexts/request-credentials.js';
import { AuthExceptionFilter } from './errors/auth-exception.filter.js';

/**
 * Protects every handler of the application: `AuthModule.forRoot({ issuer, audience, keys })`, once, in the root module.
 *
 * Global. Exports {@link TokenVerifier}, {@link CallerContext}, {@link AuthAudit}, and {@link RevocationFollower} (null without `follow`).
 *
 * @example
 * ```ts
 * import { Controller, Get, Module } from '@nestjs/common';
 * import { AuthModule, CurrentUser, type VerifiedToken } from '@watchword/auth';
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
 * export class AppModule {}
 * ```
 */
@Module({
  providers: [
    {
      provide: RevocationFollower,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: followerOf,
    },
    {
      provide: TokenVerifier,
      inject: [MODULE_OPTIONS_TOKEN, RevocationFollower],
      useFactory: (options: AuthModuleOptions, follower: RevocationFollower | null) =>
        new TokenVerifier(withFollower(verifierOptions(options), follower)),
    },
    {
      provide: RequestCredentials,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ contexts = [], credentials }: AuthModuleOptions) => {
        registerAdapters(contexts);
        return new RequestCredentials(credentials);
      },
    },
    { provide: APP_GUARD, useExisting: AccessTokenGuard },
    { provide: APP_FILTER, useClass: AuthExceptionFilter },
    {
      provide: CallerContext,
      inject: [RequestScopes],
      useFactory: ({ isEntered }: RequestScopes) => new CallerContext(isEntered),
    },
    {
      provide: AuthAudit,
      inject: [ModulesContainer],
      useFactory: (modules: ModulesContainer) => new AuthAudit(modules),
    },
    RequestScopes,
    BootAudit,
  ],
  exports: [TokenVerifier, CallerContext, RevocationFollower, RequestScopes, AuthAudit],
})
export class AuthModule extends ConfigurableModuleClass implements NestModule, OnModuleInit, OnApplicationShutdown {
  /** @internal Nest calls it. */
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly scopes: RequestScopes,
    private readonly http: HttpAdapterHost,
    private readonly audit: BootAudit,
    @Inject(RevocationFollower) private readonly follower: RevocationFollower | null,
  ) {
    super();
  }

  /** @internal Nest calls it. */
  configure(): void {
    this.audit.bindHandlers();
    this.scopes.enterOn(this.http.httpAdapter);
  }

  /** @internal Nest calls it. */
  async onModuleInit(): Promise<void> {
    const { verifier } = this;
    const issuer = verifier.ownIssuer;
    await this.follower?.start({
      onKeysChanged: () => void verifier.refreshKeys(issuer),
      onKeyRevoked: (keyId) => verifier.revokeKey(issuer, keyId),
    });
    await verifier.start();
  }

  /** @internal Nest calls it. */
  async onApplicationShutdown(): Promise<void> {
    this.verifier.stop();
    await this.follower?.stop();
  }
}
