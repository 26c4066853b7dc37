import type { AuthenticatedClient } from '../../clients/authentication/authenticate-client.js';
import type { AccessTokenIssuer } from '../../tokens/access-token-issuer.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';
import { type TokenResponse, tokenResponse } from '../../tokens/token-response.js';
import type { Grant } from './grant.js';
import { requestedAudience } from './requested-audience.js';
import { grantedScopes } from './requested-scopes.js';

/** A client requests a token for itself (RFC 6749 §4.4). There is no refresh token, because its credentials are sufficient (§4.4.3). */
export class ClientCredentialsGrant implements Grant {
  readonly type = 'client_credentials';

  constructor(private readonly accessTokens: AccessTokenIssuer) {}

  issue(parameters: FormParameters, { client, sid }: AuthenticatedClient): TokenResponse {
    const issued = this.accessTokens.issue({
      subject: client.id,
      clientId: client.id,
      sessionId: sid,
      audience: requestedAudience(parameters, client.audiences, client.audiences),
      scopes: grantedScopes(parameters, client.scopes),
    });
    return tokenResponse(issued);
  }
}
