/** An event of an issuer's security event log. Types that this version does not know deny nothing here. */
export interface RevocationEvent {
  readonly type: string;
  /** The `sid`, `jti`, `sub`, `client_id` or `kid` that is denied. */
  readonly value: string;
  /** Seconds since the epoch: after that nothing that it denies is valid any more. */
  readonly expiresAt: number;
  /** Seconds since the epoch: of `client-revoked`, what was issued before is denied. */
  readonly issuedBefore?: number | undefined;
}
