import type { GrantType } from '../../clients/client.js';
import type { AuthenticatedClient } from '../../clients/authentication/authenticate-client.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';
import type { TokenResponse } from '../../tokens/token-response.js';

/** A grant of the token endpoint. The client is already authenticated, and is allowed to use this grant. */
export interface Grant {
  readonly type: GrantType;
  issue(parameters: FormParameters, by: AuthenticatedClient): TokenResponse | Promise<TokenResponse>;
}
