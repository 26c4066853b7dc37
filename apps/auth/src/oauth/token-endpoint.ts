import type { AuthenticateClient } from '../clients/authentication/authenticate-client.js';
import type { Client } from '../clients/client.js';
import type { Grant } from './grants/grant.js';
import { OAuthError } from '../oauth-protocol/oauth-error.js';
import type { OAuthEndpoint, OAuthRequest } from '../oauth-protocol/oauth-request.js';
import type { TokenResponse } from '../tokens/token-response.js';

/** `POST /oauth/token` (RFC 6749 §3.2). */
export class TokenEndpoint implements OAuthEndpoint {
  readonly path = '/oauth/token';
  private readonly grants: ReadonlyMap<string, Grant>;

  constructor(
    private readonly authenticateClient: AuthenticateClient,
    grants: readonly Grant[],
  ) {
    this.grants = new Map(grants.map((grant) => [grant.type, grant]));
  }

  async answer(request: OAuthRequest): Promise<TokenResponse> {
    const by = await this.authenticateClient.run(request);
    const grant = this.findGrant(request);
    assertAllowed(by.client, grant);
    return grant.issue(request.parameters, by);
  }

  private findGrant({ parameters }: OAuthRequest): Grant {
    const grant = this.grants.get(parameters.require('grant_type'));
    if (grant === undefined) throw new OAuthError('unsupported_grant_type', 'The grant type is not supported');
    return grant;
  }
}

function assertAllowed(client: Client, { type }: Grant): void {
  if (!client.grants.includes(type)) {
    throw new OAuthError('unauthorized_client', 'The client may not use this grant type');
  }
}
