import type { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import type { AuditActor } from '../security-events/audit-log.js';
import type { EndByRefreshToken } from '../sessions/end-by-refresh-token.js';
import type { PresentedAccessTokens } from './presented-access-tokens.js';
import { OAuthError } from '../oauth-protocol/oauth-error.js';
import type { OAuthEndpoint, OAuthRequest } from '../oauth-protocol/oauth-request.js';
import type { RevokeAccessToken } from './revoke-access-token.js';

/**
 * `POST /oauth/revoke` (RFC 7009): a client revokes a token that was issued to it. Revoking a refresh token ends its session (§2.1);
 * revoking an access token affects only that token. An invalid or expired token is not an error (§2.2).
 */
export class RevocationEndpoint implements OAuthEndpoint {
  readonly path = '/oauth/revoke';

  constructor(
    private readonly authenticateClient: AuthenticateClient,
    private readonly presentedTokens: PresentedAccessTokens,
    private readonly revokeAccessToken: RevokeAccessToken,
    private readonly endByRefreshToken: EndByRefreshToken,
  ) {}

  async answer(request: OAuthRequest): Promise<undefined> {
    const { client } = await this.authenticateClient.run(request);
    const token = request.parameters.require('token');
    const actor: AuditActor = { type: 'client', id: client.id, ip: request.ip };
    // A refresh token contains no dot, so `token_type_hint` (§2.1) is not needed.
    const outcome = token.includes('.')
      ? await this.revokeJwt(token, client.id, actor)
      : await this.endByRefreshToken.run(token, client.id, actor);
    if (outcome === 'other-client') throw new OAuthError('invalid_grant', 'The token was issued to another client');
    return undefined;
  }

  private async revokeJwt(token: string, clientId: string, actor: AuditActor): Promise<string> {
    const verified = await this.presentedTokens.find(token);
    if (verified === undefined) return 'unknown';
    if (verified.clientId !== clientId) return 'other-client';
    await this.revokeAccessToken.run(verified, actor);
    return 'revoked';
  }
}
