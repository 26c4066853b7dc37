import { decodeFormPart } from '../../oauth-protocol/form-parameters.js';
import { OAuthError } from '../../oauth-protocol/oauth-error.js';
import type { OAuthRequest } from '../../oauth-protocol/oauth-request.js';

/** How clients authenticate (RFC 6749 §2.3.1, OpenID Connect Core §9). */
export const CLIENT_AUTHENTICATION_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

/** RFC 7523 §2.2. */
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The credentials that a client presents. */
export type PresentedCredentials =
  | { readonly clientId: string; readonly secret: string }
  | { readonly clientId: string | undefined; readonly assertion: string };

/**
 * Reads the credentials of a request.
 *
 * @throws OAuthError `invalid_request` if there is more than one method (RFC 6749 §2.3), `invalid_client` if there is none
 */
export function readCredentials({ authorization, parameters }: OAuthRequest): PresentedCredentials {
  const clientId = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  const assertion = parameters.get('client_assertion');
  const methods = authorization.length + (secret === undefined ? 0 : 1) + (assertion === undefined ? 0 : 1);
  if (methods > 1) throw invalidRequest('The client must use exactly one authentication method');

  if (authorization[0] !== undefined) return sameClient(readBasic(authorization[0]), clientId);
  if (assertion !== undefined) {
    if (parameters.get('client_assertion_type') !== ASSERTION_TYPE) {
      throw invalidRequest('The client_assertion_type is not supported');
    }
    return { clientId, assertion };
  }
  if (secret === undefined) throw invalidClient('it did not authenticate');
  if (clientId === undefined) throw invalidRequest('The parameter client_id is missing');
  return { clientId, secret };
}

/** The same response for every reason; the log has the reason. */
export function invalidClient(reason: string): OAuthError {
  return new OAuthError('invalid_client', 'The client could not be authenticated', { reason });
}

/** RFC 6749 §2.3.1: both parts are form-urlencoded before they are joined with a colon. */
function readBasic(header: string): { readonly clientId: string; readonly secret: string } {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header) ?? [];
  if (encoded === undefined) throw invalidClient('its Authorization header is not of the scheme Basic');
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon === -1) throw invalidRequest('The Authorization header is malformed');
  return { clientId: decodeFormPart(text.slice(0, colon)), secret: decodeFormPart(text.slice(colon + 1)) };
}

function sameClient<T extends { readonly clientId: string }>(credentials: T, clientId: string | undefined): T {
  if (clientId !== undefined && clientId !== credentials.clientId) {
    throw invalidRequest('The client_id is not that of the Authorization header');
  }
  return credentials;
}

function invalidRequest(description: string): OAuthError {
  return new OAuthError('invalid_request', description);
}
