import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import { mixesIssuerAudience } from '../../config/index.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';

/**
 * The audience of a token: the services in `audience` and `resource` (RFC 8693 §2.1, RFC 8707 §2), if the client may get tokens for
 * all of them; `byDefault` if the request has neither parameter.
 *
 * @throws OAuthError `invalid_target`
 */
export function requestedAudience(
  parameters: FormParameters,
  allowed: readonly string[],
  byDefault: readonly string[],
): readonly [string, ...string[]] {
  const resources = parameters.all('resource');
  if (!resources.every(isResource)) throw invalidTarget('A resource must be an absolute URI without a fragment');
  const requested = [...new Set([...parameters.all('audience'), ...resources])];
  if (!requested.every((audience) => allowed.includes(audience))) {
    throw invalidTarget('The client may not get tokens for that audience');
  }
  const audiences = requested.length > 0 ? requested : byDefault;
  if (mixesIssuerAudience(audiences))
    throw invalidTarget('A token for the issuer must have no other audience: request one audience');
  const [first, ...others] = audiences;
  if (first === undefined) throw invalidTarget('The request needs an audience');
  return [first, ...others];
}

function isResource(text: string): boolean {
  return URL.canParse(text) && !text.includes('#');
}

function invalidTarget(description: string): OAuthError {
  return new OAuthError('invalid_target', description);
}
