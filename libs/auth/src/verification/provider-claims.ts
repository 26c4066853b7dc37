import type { ClaimMapping, Claims } from './trusted-issuer.js';

/**
 * The claim mappings of well-known issuers. Set `tokenTypes` too: `['JWT']` for Keycloak and Entra, `['none']` for Cognito.
 * Auth0's RFC 9068 profile needs no `tokenTypes`.
 *
 * @example
 * ```ts
 * import { providerClaims, TokenVerifier } from '@watchword/auth/verification';
 *
 * export const verifier = new TokenVerifier({
 *   issuers: [
 *     {
 *       issuer: 'https://keycloak.example/realms/shop',
 *       audience: 'parcels',
 *       keys: { discovery: true },
 *       algorithms: ['RS256'],
 *       tokenTypes: ['JWT'],
 *       claims: providerClaims.keycloak('parcels'),
 *     },
 *   ],
 * });
 * ```
 */
export const providerClaims = {
  /** Keycloak: the roles of the realm and of one client; `azp` is the client; `typ: Bearer` in the payload. */
  keycloak: (client?: string): ClaimMapping => ({
    roles: (claims) => [
      ...strings(at(claims, 'realm_access', 'roles')),
      ...(client === undefined ? [] : strings(at(claims, 'resource_access', client, 'roles'))),
    ],
    clientId: (claims) => text(claims.azp),
    isAccessToken: (claims) => claims.typ === 'Bearer',
  }),
  /** Auth0: its RBAC permissions are scopes; the roles are in a custom namespaced claim. */
  auth0: (rolesClaim?: string): ClaimMapping => ({
    scopes: (claims) => [...new Set([...words(claims.scope), ...strings(claims.permissions)])],
    ...(rolesClaim !== undefined && { roles: (claims: Claims) => strings(claims[rolesClaim]) }),
  }),
  /** Microsoft Entra ID v2: `scp`, `azp`, `uti`. An ID token has neither `scp` nor application `roles` with `azpacr`. */
  entra: (): ClaimMapping => ({
    scopes: (claims) => words(claims.scp),
    clientId: (claims) => text(claims.azp) ?? text(claims.appid),
    tokenId: (claims) => text(claims.uti),
    isAccessToken: (claims) => claims.azpacr !== undefined || claims.appidacr !== undefined,
  }),
  /** Amazon Cognito: there is no `aud`, so `client_id` replaces it; groups are roles. */
  cognito: (): ClaimMapping => ({
    audience: (claims) => strings([claims.client_id]),
    roles: (claims) => strings(claims['cognito:groups']),
    isAccessToken: (claims) => claims.token_use === 'access',
  }),
} as const;

function at(value: unknown, ...path: string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** @throws TypeError for a value of another type: the token is then refused */
function words(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') throw new TypeError('not a space-delimited list');
  return value.split(' ').filter((word) => word !== '');
}

/**
 * The items of the list are checked later, by the profile: one that is not a string makes the token invalid.
 *
 * @throws TypeError for a value of another type: a string would be read as a list of its characters
 */
function strings(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value as string[];
}
