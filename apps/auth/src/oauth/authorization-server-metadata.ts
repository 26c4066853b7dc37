import { CLIENT_AUTHENTICATION_METHODS } from '../clients/authentication/presented-credentials.js';
import { ASSERTION_ALGORITHMS } from '../clients/client-keys.js';
import { GRANT_TYPES } from '../clients/client.js';
import type { AuthConfig } from '../config/index.js';

/** RFC 8414 §2. */
export type AuthorizationServerMetadata = Readonly<Record<string, string | readonly string[]>>;

/**
 * The metadata of this server (RFC 8414 §2). The same document is used for OpenID Connect Discovery (§5). This server has no ID tokens
 * and no authorization endpoint, so the document contains none.
 */
export function authorizationServerMetadata({
  AUTH_ISSUER: issuer,
  JWT_SIGNING,
}: AuthConfig): AuthorizationServerMetadata {
  const authentication = (endpoint: string) => ({
    [`${endpoint}_endpoint_auth_methods_supported`]: CLIENT_AUTHENTICATION_METHODS,
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
  });
  return {
    issuer,
    token_endpoint: `${issuer}/oauth/token`,
    ...authentication('token'),
    introspection_endpoint: `${issuer}/oauth/introspect`,
    ...authentication('introspection'),
    revocation_endpoint: `${issuer}/oauth/revoke`,
    ...authentication('revocation'),
    // A shared secret is never published.
    ...(JWT_SIGNING === 'asymmetric' ? { jwks_uri: `${issuer}/.well-known/jwks.json` } : {}),
    grant_types_supported: GRANT_TYPES,
    // Required; empty because there is no authorization endpoint.
    response_types_supported: [],
    subject_types_supported: ['public'],
    service_documentation: `${issuer}/docs`,
  };
}
