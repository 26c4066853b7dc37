import type { IssuedAccessToken } from './access-token.js';

/** RFC 6749 §5.1. */
export interface TokenResponse {
  readonly access_token: string;
  /** Only in a token exchange (RFC 8693 §2.2.1). */
  readonly issued_token_type?: string;
  readonly token_type: 'Bearer';
  /** In seconds. */
  readonly expires_in: number;
  readonly refresh_token?: string;
  readonly scope: string;
}

export function tokenResponse(issued: IssuedAccessToken, refreshToken?: string): TokenResponse {
  return {
    access_token: issued.token,
    token_type: 'Bearer',
    expires_in: issued.expiresIn,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    scope: issued.scope,
  };
}
