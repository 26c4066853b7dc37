import { randomUUID } from 'node:crypto';

/** Claims of a test token. Claims that are not given have the issuer's defaults; `undefined` removes a claim. */
export type TestClaims = Readonly<Record<string, unknown>>;

/** Who a test token is for. */
export interface TestUser {
  readonly subject?: string;
  readonly roles?: readonly string[];
  readonly scopes?: readonly string[];
  readonly audience?: string | readonly string[];
  readonly clientId?: string;
  readonly sessionId?: string;
}

/**
 * The claims of a person, for `mint()` of the test issuer. Default: a random subject with the role `customer` and no scopes.
 *
 * @example
 * ```ts
 * import { userClaims, createTestIssuer } from '@watchword/auth/testing';
 *
 * const issuer = await createTestIssuer();
 * export const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'parcels', scopes: ['parcels:read'] }));
 * ```
 */
export function userClaims({
  subject,
  roles = ['customer'],
  scopes = [],
  audience,
  clientId,
  sessionId,
}: TestUser): TestClaims {
  return {
    sub: subject ?? `user-${randomUUID()}`,
    roles,
    scope: scopes.join(' '),
    ...(audience !== undefined && { aud: [audience].flat() }),
    ...(clientId !== undefined && { client_id: clientId }),
    ...(sessionId !== undefined && { sid: sessionId }),
  };
}
