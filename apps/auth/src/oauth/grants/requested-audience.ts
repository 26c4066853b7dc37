import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import { mixesIssuerAudience } from '../../config/index.js';
import type { FormParameters } from '../../oauth-protocol/form-parameters.js';

/**
 * The services that a token will be for: those that `audience` and `resource` name (RFC 8693 §2.1, RFC 8707 §2) if the
 * client may have tokens for all of them, or else `byDefault`.
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
    throw invalidTarget('A token for the issuer is for nothing else: name one audience');
  const [first, ...others] = audiences;
  if (first === undefined) throw invalidTarget('The request must name an audience');
  return [first, ...others];
}

function isResource(text: string): boolean {
  return URL.canParse(text) && !text.includes('#');
}

function invalidTarget(description: string): OAuthError {
  return new OAuthError('invalid_target', description);
}
