import type { AuthenticatedClient } from '../../clients/authentication/authenticate-client.js';
import type { RotateRefreshToken } from '../../sessions/rotate-refresh-token.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';
import type { TokenResponse } from '../../tokens/token-response.js';
import type { Grant } from './grant.js';
import { requestedScopes } from './requested-scopes.js';

/** A client refreshes a person's session (RFC 6749 §6). If the refresh token belongs to another client, the session ends. */
export class RefreshTokenGrant implements Grant {
  readonly type = 'refresh_token';

  constructor(private readonly rotateRefreshToken: RotateRefreshToken) {}

  issue(parameters: FormParameters, { client }: AuthenticatedClient): Promise<TokenResponse> {
    const scopes = requestedScopes(parameters);
    return this.rotateRefreshToken.run(parameters.require('refresh_token'), client.id, { scopes });
  }
}
