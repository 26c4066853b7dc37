import type { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import type { Client } from '../clients/client.js';
import type { OwnAccessToken, PresentedAccessTokens } from './presented-access-tokens.js';
import type { OAuthEndpoint, OAuthRequest } from '../oauth-protocol/oauth-request.js';

/** What is said of every token that is not active, whatever the reason (RFC 7662 §2.2). */
const INACTIVE = { active: false } as const;

/**
 * `POST /oauth/introspect` (RFC 7662): whether an access token is valid at this moment, for services that don't verify
 * themselves, or have to know of a revocation before the next event. Refresh tokens concern nobody but the issuer.
 */
export class IntrospectionEndpoint implements OAuthEndpoint {
  readonly path = '/oauth/introspect';

  constructor(
    private readonly authenticateClient: AuthenticateClient,
    private readonly presentedTokens: PresentedAccessTokens,
  ) {}

  async answer(request: OAuthRequest): Promise<object> {
    const { client } = await this.authenticateClient.run(request);
    const token = await this.presentedTokens.findActive(request.parameters.require('token'));
    return token !== undefined && maySee(client, token)
      ? { active: true, token_type: 'Bearer', ...token.claims }
      : INACTIVE;
  }
}

/** RFC 7662 §4: a client learns of tokens that are for it or from it, and of those that it could get itself. */
function maySee({ id, audiences }: Client, { audience, clientId }: OwnAccessToken): boolean {
  return clientId === id || audience.some((name) => name === id || audiences.includes(name));
}
