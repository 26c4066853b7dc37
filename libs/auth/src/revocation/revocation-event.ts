/** An event of an issuer's security event log. Events of an unknown type are ignored. */
export interface RevocationEvent {
  readonly type: string;
  /** The denied `sid`, `jti`, `sub`, `client_id` or `kid`. */
  readonly value: string;
  /** Seconds since the epoch. By then every token that the event denies has expired. */
  readonly expiresAt: number;
  /** Seconds since the epoch. For `client-revoked`: only tokens that were issued before are denied. */
  readonly issuedBefore?: number | undefined;
}
