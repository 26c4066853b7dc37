import { tokenOf } from '@watchword/platform';

/** Signs JSON Web Tokens (RFC 7519) as what the issuer is configured to be. */
export interface TokenSigner {
  /**
   * @param type the header's `typ`
   * @returns the compact serialization (RFC 7515 §7.1)
   * @throws Refusal `temporarily_unavailable` when there is nothing to sign with
   */
  sign(type: string, claims: object): string;
  /** @throws Refusal `temporarily_unavailable` when there is nothing to sign with */
  assertReady(): void;
  /** Algorithms of the tokens that verifiers may meet now. */
  algorithms(): readonly string[];
}

export const TokenSigner = tokenOf<TokenSigner>(Symbol('TokenSigner'));

/**
 * Signs the tokens that are for the issuer itself. The same as {@link TokenSigner} with public keys; in shared-secret mode
 * with a secret that no service holds, so that none can make such a token.
 */
export const IssuerTokenSigner = tokenOf<TokenSigner>(Symbol('IssuerTokenSigner'));
