import { tokenOf } from '@watchword/platform';

/** Signs JSON Web Tokens (RFC 7519) in the configured way. */
export interface TokenSigner {
  /**
   * @param type `typ` of the header
   * @returns the compact serialization (RFC 7515 §7.1)
   * @throws Refusal `temporarily_unavailable` if there is no key to sign with
   */
  sign(type: string, claims: object): string;
  /** @throws Refusal `temporarily_unavailable` if there is no key to sign with */
  assertReady(): void;
  /** The algorithms of tokens that may currently be in use. */
  algorithms(): readonly string[];
}

export const TokenSigner = tokenOf<TokenSigner>(Symbol('TokenSigner'));

/**
 * Signs tokens for the issuer itself. With public keys it is the same as {@link TokenSigner}. In shared-secret mode it uses a secret
 * that no service has, so that no service can create such a token.
 */
export const IssuerTokenSigner = tokenOf<TokenSigner>(Symbol('IssuerTokenSigner'));
