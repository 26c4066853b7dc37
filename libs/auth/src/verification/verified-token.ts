/** The acting party of a delegated token, the current one outermost (RFC 8693 §4.1). */
export interface Actor {
  readonly subject: string;
  /** Who acted before, at most two more. */
  readonly actor?: Actor;
}

/**
 * An access token whose signature, issuer, audience, times and claims were all checked.
 *
 * Only the verifier makes one: a function that takes a `VerifiedToken` can't be called with claims
 * that nobody checked. Frozen, and shared by all requests that carry the same token.
 */
export interface VerifiedToken {
  /** `iss`. Identity is (issuer, subject). */
  readonly issuer: string;
  /** `sub`: the account, or the client for a service token. */
  readonly subject: string;
  /** `aud`, always as a list. */
  readonly audience: readonly string[];
  /** `exp`, in seconds since the epoch. */
  readonly expiresAt: number;
  /** `iat`, in seconds since the epoch. */
  readonly issuedAt: number;
  /** `jti`. */
  readonly tokenId: string;
  /** `client_id`. */
  readonly clientId: string;
  /** `sid`: the session that it belongs to and dies with. */
  readonly sessionId: string | undefined;
  /** `kid` of the key that verified it. */
  readonly keyId: string;
  /** `scope`, split. */
  readonly scopes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** `act`: the service through which the subject's call came. */
  readonly actor: Actor | undefined;
  /** Every claim as it was in the payload, frozen. */
  readonly claims: Readonly<Record<string, unknown>>;
}
