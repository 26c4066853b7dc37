import {
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Clock, TokenVerifier } from '@watchword/auth';
import { DATABASE, Metrics } from '@watchword/platform';
import { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import { ClientRefusals } from '../clients/authentication/client-refusals.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeyRing } from '../keys/publishing/key-ring.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { EndByRefreshToken } from '../sessions/end-by-refresh-token.js';
import { LiveTokens } from '../sessions/live-tokens.js';
import { RotateRefreshToken } from '../sessions/rotate-refresh-token.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { ClientCredentialsGrant } from './grants/client-credentials-grant.js';
import { RefreshTokenGrant } from './grants/refresh-token-grant.js';
import { TokenExchangeGrant } from './grants/token-exchange-grant.js';
import { IntrospectionEndpoint } from './introspection-endpoint.js';
import { MetadataController } from './metadata.controller.js';
import { ownTokenVerifiers } from './own-token-verifiers.js';
import { PresentedAccessTokens } from './presented-access-tokens.js';
import { serveAheadOfExpress } from './http/serve-ahead-of-express.js';
import { type OnRefused, oauthMiddleware } from './http/oauth-middleware.js';
import { RevocationEndpoint } from './revocation-endpoint.js';
import { RevokeAccessToken } from './revoke-access-token.js';
import { TokenEndpoint } from './token-endpoint.js';

const OWN_TOKENS = Symbol('OwnTokens');

/** The OAuth 2.0 endpoints. */
@Module({
  controllers: [MetadataController],
  providers: [
    {
      provide: OWN_TOKENS,
      inject: [AuthConfig, KeyRing, KeyEncryptionKeys, CLOCK],
      useFactory: ownTokenVerifiers,
    },
    {
      provide: PresentedAccessTokens,
      inject: [OWN_TOKENS, LiveTokens],
      useFactory: (verifiers: readonly TokenVerifier[], liveTokens: LiveTokens) =>
        new PresentedAccessTokens(verifiers, liveTokens),
    },
    {
      provide: TokenEndpoint,
      inject: [AuthenticateClient, AccessTokenIssuer, RotateRefreshToken, PresentedAccessTokens, CLOCK],
      useFactory: (
        authenticateClient: AuthenticateClient,
        accessTokens: AccessTokenIssuer,
        rotateRefreshToken: RotateRefreshToken,
        presentedTokens: PresentedAccessTokens,
        clock: Clock,
      ) =>
        new TokenEndpoint(authenticateClient, [
          new ClientCredentialsGrant(accessTokens),
          new RefreshTokenGrant(rotateRefreshToken),
          new TokenExchangeGrant(presentedTokens, accessTokens, clock),
        ]),
    },
    {
      provide: IntrospectionEndpoint,
      inject: [AuthenticateClient, PresentedAccessTokens],
      useFactory: (authenticateClient: AuthenticateClient, presentedTokens: PresentedAccessTokens) =>
        new IntrospectionEndpoint(authenticateClient, presentedTokens),
    },
    {
      provide: RevocationEndpoint,
      inject: [AuthenticateClient, PresentedAccessTokens, DATABASE, SecurityEventLog, AuditLog, EndByRefreshToken],
      useFactory: (
        authenticateClient: AuthenticateClient,
        presentedTokens: PresentedAccessTokens,
        db: AuthDatabase,
        events: SecurityEventLog,
        audit: AuditLog,
        endByRefreshToken: EndByRefreshToken,
      ) =>
        new RevocationEndpoint(
          authenticateClient,
          presentedTokens,
          new RevokeAccessToken(db, events, audit),
          endByRefreshToken,
        ),
    },
  ],
})
export class OAuthModule implements NestModule, OnModuleInit, OnModuleDestroy {
  constructor(
    @Inject(TokenEndpoint) private readonly token: TokenEndpoint,
    @Inject(IntrospectionEndpoint) private readonly introspection: IntrospectionEndpoint,
    @Inject(RevocationEndpoint) private readonly revocation: RevocationEndpoint,
    @Inject(ClientRefusals) private readonly refusals: ClientRefusals,
    @Inject(OWN_TOKENS) private readonly ownTokens: readonly TokenVerifier[],
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  private readonly onRefused: OnRefused = (request, path, refusal) => void this.refusals.record(request, path, refusal);

  configure(consumer: MiddlewareConsumer): void {
    for (const endpoint of [this.token, this.introspection, this.revocation]) {
      consumer.apply(oauthMiddleware(endpoint, this.onRefused)).forRoutes(endpoint.path);
    }
  }

  async onModuleInit(): Promise<void> {
    serveAheadOfExpress(this.http.httpAdapter, this.token, this.onRefused, this.metrics);
    for (const verifier of this.ownTokens) await verifier.start();
  }

  onModuleDestroy(): void {
    for (const verifier of this.ownTokens) verifier.stop();
  }
}
