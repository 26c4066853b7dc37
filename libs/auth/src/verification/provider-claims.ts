import type { ClaimMapping } from './trusted-issuer.js';

type Claims = Readonly<Record<string, unknown>>;

/**
 * The claim mappings of well-known issuers. Their access tokens need `tokenTypes` too:
 * Keycloak and Entra `['JWT']`, Cognito `['none']`, Auth0's RFC 9068 profile nothing.
 */
export const providerClaims = {
  /** Keycloak: realm roles and one client's roles; `azp` for the client; `typ: Bearer` in the payload. */
  keycloak: (client?: string): ClaimMapping => ({
    roles: (claims) => [
      ...strings(at(claims, 'realm_access', 'roles')),
      ...(client === undefined ? [] : strings(at(claims, 'resource_access', client, 'roles'))),
    ],
    clientId: (claims) => text(claims.azp),
    isAccessToken: (claims) => claims.typ === 'Bearer',
  }),
  /** Auth0: permissions of its RBAC are scopes; roles in a namespaced claim of one's own. */
  auth0: (rolesClaim?: string): ClaimMapping => ({
    scopes: (claims) => [...new Set([...words(claims.scope), ...strings(claims.permissions)])],
    ...(rolesClaim !== undefined && { roles: (claims: Claims) => strings(claims[rolesClaim]) }),
  }),
  /** Microsoft Entra ID v2: `scp`, `azp`, `uti`. An ID token has none of `scp` and application `roles` with `azpacr`. */
  entra: (): ClaimMapping => ({
    scopes: (claims) => words(claims.scp),
    clientId: (claims) => text(claims.azp) ?? text(claims.appid),
    tokenId: (claims) => text(claims.uti),
    isAccessToken: (claims) => claims.azpacr !== undefined || claims.appidacr !== undefined,
  }),
  /** Amazon Cognito: no `aud`, the app client's id stands for it; groups as roles. */
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

/** @throws TypeError for anything else that is there: the token is refused */
function words(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string') throw new TypeError('not a space-delimited list');
  return value.split(' ').filter((word) => word !== '');
}

/**
 * A list's items are the profile's to check: what is not a string is refused, not left out.
 *
 * @throws TypeError for anything else that is there: a text would be taken for a list of its characters
 */
function strings(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value as string[];
}
