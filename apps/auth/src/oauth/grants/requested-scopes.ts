import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * The requested scopes; undefined if the request has no `scope` parameter.
 *
 * @throws OAuthError `invalid_scope` if the parameter is malformed
 */
export function requestedScopes(parameters: FormParameters): readonly string[] | undefined {
  const scope = parameters.get('scope');
  if (scope === undefined) return undefined;
  if (!SCOPE.test(scope)) throw new OAuthError('invalid_scope', 'The scope is malformed');
  return [...new Set(scope.split(' '))];
}

/**
 * The granted scopes: the requested ones if all of them are allowed; without a `scope` parameter, all allowed scopes.
 *
 * @throws OAuthError `invalid_scope` if a requested scope is not allowed
 */
export function grantedScopes(parameters: FormParameters, allowed: readonly string[]): readonly string[] {
  const requested = requestedScopes(parameters);
  if (requested?.some((scope) => !allowed.includes(scope)) === true) {
    throw new OAuthError('invalid_scope', 'The scope exceeds the allowed scopes');
  }
  return requested ?? allowed;
}
