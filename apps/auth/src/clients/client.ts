import type { JsonWebKey } from 'node:crypto';

/** The grants that a client may be allowed (RFC 6749 §4.4, §6; RFC 8693 §2.1). */
export const GRANT_TYPES = [
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** How many secrets of one client may be live at once: the new one and, until all its instances have that, the old. */
export const MAX_SECRETS = 2;

export interface ClientSecret {
  /** The session that this credential is. */
  readonly sid: string;
  /** SHA-256. */
  readonly hash: Buffer;
  readonly createdAt: Date;
}

/** Public keys with which a client signs its assertions (RFC 7523). */
export interface ClientKeys {
  /** The session that this credential is. */
  readonly sid: string;
  readonly keys: readonly JsonWebKey[];
}

/** What a client may do. */
export interface ClientPermissions {
  readonly grants: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  /** Roles of a person that a token keeps when this client exchanges it. */
  readonly roles: readonly string[];
}

/** A service or a third party. Confidential: it can keep a secret. */
export interface Client extends ClientPermissions {
  readonly id: string;
  readonly name: string;
  /** The newest first, at most {@link MAX_SECRETS}. */
  readonly secrets: readonly ClientSecret[];
  readonly jwks: ClientKeys | undefined;
  readonly disabledAt: Date | undefined;
  readonly createdAt: Date;
}

/** The sessions that a client's credentials are. */
export function sidsOf({ secrets, jwks }: Pick<Client, 'secrets' | 'jwks'>): string[] {
  return [...secrets.map(({ sid }) => sid), ...(jwks === undefined ? [] : [jwks.sid])];
}
