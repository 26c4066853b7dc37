import { unsigned, withBrokenSignature, withClaims } from './forge.js';
import { createSigningKey } from './signing-key.js';
import type { TestClaims } from './test-claims.js';
import type { TestIssuer } from './test-issuer.js';

/** A token that every guarded endpoint must refuse with 401 `invalid_token`. */
export interface RefusedToken {
  readonly why: string;
  readonly token: string;
}

/**
 * Invalid tokens to test a guarded endpoint with: one for each reason. All have these claims, which would be sufficient in a
 * valid token.
 *
 * @example
 * ```ts
 * import { userClaims, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
 *
 * export async function refusesThemAll(url: string, issuer: TestIssuer): Promise<void> {
 *   for (const { why, token } of await refusedTokens(issuer, userClaims({ audience: 'parcels' }))) {
 *     const { status } = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
 *     if (status !== 401) throw new Error(`${url} answers ${status} to a token with ${why}`);
 *   }
 * }
 * ```
 */
export async function refusedTokens(issuer: TestIssuer, claims: TestClaims): Promise<readonly RefusedToken[]> {
  const good = await issuer.mint(claims);
  const another = await createSigningKey('ES256');
  return [
    { why: 'no token at all', token: 'garbage' },
    { why: 'a changed payload', token: withClaims(good, { sub: 'somebody-else' }) },
    { why: 'a changed signature', token: withBrokenSignature(good) },
    { why: 'no signature', token: unsigned(good) },
    { why: 'another key', token: await issuer.mint(claims, { key: another }) },
    {
      why: "another key under the issuer's key id",
      token: await issuer.mint(claims, { key: another, header: { kid: issuer.key.keyId } }),
    },
    { why: 'another issuer', token: await issuer.mint({ ...claims, iss: 'https://another-issuer.test' }) },
    { why: 'another audience', token: await issuer.mint({ ...claims, aud: ['another-service'] }) },
    { why: 'another type of token', token: await issuer.mint(claims, { header: { typ: 'logout+jwt' } }) },
    { why: 'expired', token: await issuer.mint(claims, { lifetime: -60 }) },
    { why: 'not valid yet', token: await issuer.mint({ ...claims, nbf: issuer.now() + 3600 }) },
  ];
}
