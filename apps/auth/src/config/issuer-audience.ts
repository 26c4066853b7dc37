/**
 * The issuer itself as an audience: its endpoints for people and administrators. A token for it must have no other audience:
 * otherwise a service that receives the token could use it at the issuer.
 */
export const ISSUER_AUDIENCE = 'auth';

/** Whether these audiences contain the issuer together with others. */
export function mixesIssuerAudience(audiences: readonly unknown[]): boolean {
  return audiences.length > 1 && audiences.includes(ISSUER_AUDIENCE);
}
