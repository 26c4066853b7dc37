import type { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import type { Client } from '../clients/client.js';
import type { OwnAccessToken, PresentedAccessTokens } from './presented-access-tokens.js';
import type { OAuthEndpoint, OAuthRequest } from '../oauth-protocol/oauth-request.js';

/** The response for every inactive token, for whatever reason (RFC 7662 §2.2). */
const INACTIVE = { active: false } as const;

/**
 * `POST /oauth/introspect` (RFC 7662): whether an access token is currently valid. For services that do not verify tokens themselves,
 * or need to know a revocation immediately. Refresh tokens are reported as inactive, because only the issuer uses them.
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

/** RFC 7662 §4: a client may inspect tokens that are for it, were issued to it, or are for an audience of its own. */
function maySee({ id, audiences }: Client, { audience, clientId }: OwnAccessToken): boolean {
  return clientId === id || audience.some((name) => name === id || audiences.includes(name));
}
