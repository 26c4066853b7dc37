/** The acting party of a delegated token; the outermost is the current actor (RFC 8693 §4.1). */
export interface Actor {
  /** `sub` of the acting party. */
  readonly subject: string;
  /** The previous actor, at most two levels. */
  readonly actor?: Actor;
}

/**
 * An access token whose signature, issuer, audience, times and claims were checked.
 *
 * Only the verifier creates one, so a function that takes a `VerifiedToken` cannot be called with unchecked claims.
 * It is frozen, and shared by all requests with the same token.
 */
export interface VerifiedToken {
  /** `iss`. A person or client is identified by issuer and subject together. */
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
  /** `sid`: the session that it belongs to. The token is revoked when the session ends. */
  readonly sessionId: string | undefined;
  /** `kid` of the key that verified it. */
  readonly keyId: string;
  /** `scope`, split. */
  readonly scopes: ReadonlySet<string>;
  /** `roles` (RFC 9068 §2.2.3.1), as far as the issuer's `grants` accept them. */
  readonly roles: ReadonlySet<string>;
  /** `act`: the service that acts for the subject. */
  readonly actor: Actor | undefined;
  /** All claims of the payload, frozen. */
  readonly claims: Readonly<Record<string, unknown>>;
}
