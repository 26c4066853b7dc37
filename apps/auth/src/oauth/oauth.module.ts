import {
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { TokenVerifier } from '@watchword/auth';
import { Metrics, provide, tokenOf } from '@watchword/platform';
import { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import { ClientRefusals } from '../clients/authentication/client-refusals.js';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
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

const OWN_TOKENS = tokenOf<readonly TokenVerifier[]>(Symbol('OwnTokens'));

/** The OAuth 2.0 endpoints. */
@Module({
  controllers: [MetadataController],
  providers: [
    provide(OWN_TOKENS, [AuthConfig, KeyRing, KeyEncryptionKeys, CLOCK], ownTokenVerifiers),
    provide(PresentedAccessTokens, [OWN_TOKENS, LiveTokens]),
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
