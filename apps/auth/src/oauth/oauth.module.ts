import { Inject, type MiddlewareConsumer, Module, type NestModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { TokenVerifier } from '@watchword/auth';
import { Metrics, provide, tokenOf } from '@watchword/platform';
import { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import { ClientRefusals } from '../clients/authentication/client-refusals.js';
import { ClientsModule } from '../clients/clients.module.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeysModule } from '../keys/keys.module.js';
import { KeyRing } from '../keys/publishing/key-ring.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { EndByRefreshToken } from '../sessions/end-by-refresh-token.js';
import { LiveTokenStore } from '../sessions/live-token-store.js';
import { RotateRefreshToken } from '../sessions/rotate-refresh-token.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { TokensModule } from '../tokens/tokens.module.js';
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

const OWN_TOKENS = tokenOf<readonly TokenVerifier[]>(Symbol('OwnTokens'));

/** The OAuth 2.0 endpoints. */
@Module({
  imports: [ClientsModule, KeysModule, SecurityEventsModule, SessionsModule, TokensModule],
  controllers: [MetadataController],
  providers: [
    provide(OWN_TOKENS, [AuthConfig, KeyRing, KeyEncryptionKeys, CLOCK], ownTokenVerifiers),
    provide(PresentedAccessTokens, [OWN_TOKENS, LiveTokenStore]),
    provide(ClientCredentialsGrant, [AccessTokenIssuer]),
    provide(RefreshTokenGrant, [RotateRefreshToken]),
    provide(TokenExchangeGrant, [PresentedAccessTokens, AccessTokenIssuer, CLOCK]),
    provide(
      TokenEndpoint,
      [AuthenticateClient, ClientCredentialsGrant, RefreshTokenGrant, TokenExchangeGrant],
      (authenticateClient, ...grants) => new TokenEndpoint(authenticateClient, grants),
    ),
    provide(IntrospectionEndpoint, [AuthenticateClient, PresentedAccessTokens]),
    provide(RevokeAccessToken, [AuthDatabase, SecurityEventLog, AuditLog]),
    provide(RevocationEndpoint, [AuthenticateClient, PresentedAccessTokens, RevokeAccessToken, EndByRefreshToken]),
  ],
})
export class OAuthModule implements NestModule, OnModuleInit {
  constructor(
    @Inject(TokenEndpoint) private readonly token: TokenEndpoint,
    @Inject(IntrospectionEndpoint) private readonly introspection: IntrospectionEndpoint,
    @Inject(RevocationEndpoint) private readonly revocation: RevocationEndpoint,
    @Inject(ClientRefusals) private readonly refusals: ClientRefusals,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  private readonly onRefused: OnRefused = (request, path, refusal) => void this.refusals.record(request, path, refusal);

  configure(consumer: MiddlewareConsumer): void {
    for (const endpoint of [this.token, this.introspection, this.revocation]) {
      consumer.apply(oauthMiddleware(endpoint, this.onRefused)).forRoutes(endpoint.path);
    }
  }

  onModuleInit(): void {
    serveAheadOfExpress(this.http.httpAdapter, this.token, this.onRefused, this.metrics);
  }
}
