import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';

/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

/**
 * The scopes that a request asks for, or undefined when it leaves that to the server.
 *
 * @throws OAuthError `invalid_scope` when the parameter is malformed
 */
export function requestedScopes(parameters: FormParameters): readonly string[] | undefined {
  const scope = parameters.get('scope');
  if (scope === undefined) return undefined;
  if (!SCOPE.test(scope)) throw new OAuthError('invalid_scope', 'The scope is malformed');
  return [...new Set(scope.split(' '))];
}

/**
 * The scopes that are granted: those that were asked for if all of them are allowed, or else everything that is.
 *
 * @throws OAuthError `invalid_scope` when one that was asked for is not allowed
 */
export function grantedScopes(parameters: FormParameters, allowed: readonly string[]): readonly string[] {
  const requested = requestedScopes(parameters);
  if (requested?.some((scope) => !allowed.includes(scope)) === true) {
    throw new OAuthError('invalid_scope', 'The scope exceeds what may be granted');
  }
  return requested ?? allowed;
}
