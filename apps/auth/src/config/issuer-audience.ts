/**
 * The issuer itself as an audience: its endpoints for people and administrators. A token for it is for nothing else,
 * or a service that receives the token could use it there.
 */
export const ISSUER_AUDIENCE = 'auth';

/** Whether a token for all of these would be for the issuer and for somebody beside it. */
export function mixesIssuerAudience(audiences: readonly unknown[]): boolean {
  return audiences.length > 1 && audiences.includes(ISSUER_AUDIENCE);
}
