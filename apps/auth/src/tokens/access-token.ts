/** The `act` claim: the acting party (RFC 8693 §4.1). */
export interface ActorClaim {
  readonly sub: string;
  readonly act?: ActorClaim;
}

/** The content of an access token. */
export interface AccessTokenRequest {
  /** `sub`: the account, or the client for a service token. */
  readonly subject: string;
  readonly clientId: string;
  /** `sid`: the session or credential. When it ends, the token is revoked. */
  readonly sessionId: string;
  readonly audience: readonly [string, ...string[]];
  readonly scopes: readonly string[];
  /** Absent in a service token. */
  readonly roles?: readonly string[];
  /** How and when the person was authenticated; absent in a service token. */
  readonly authentication?: Authentication;
  readonly actor?: ActorClaim;
  /** In seconds since the epoch: the latest expiry of the token. */
  readonly expiresAtMost?: number;
}

export interface Authentication {
  /** `auth_time`, in seconds since the epoch. */
  readonly time: number;
  /** `amr` (RFC 8176). */
  readonly methods: readonly string[];
}

export interface IssuedAccessToken {
  /** The JWT. */
  readonly token: string;
  /** `jti`. */
  readonly tokenId: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Seconds from now. */
  readonly expiresIn: number;
  /** Space-delimited (RFC 6749 §3.3). */
  readonly scope: string;
}
