import type { JsonWebKey } from 'node:crypto';

/** The grant types that a client can be allowed (RFC 6749 §4.4, §6; RFC 8693 §2.1). */
export const GRANT_TYPES = [
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:token-exchange',
] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

/** The maximum number of secrets of a client: the new one and, until all instances of the client use it, the old one. */
export const MAX_SECRETS = 2;

export interface ClientSecret {
  /** The session that this credential is. */
  readonly sid: string;
  /** SHA-256. */
  readonly hash: Buffer;
  readonly createdAt: Date;
}

/** The public keys of a client that signs assertions (RFC 7523). */
export interface ClientKeys {
  /** The session that this credential is. */
  readonly sid: string;
  readonly keys: readonly JsonWebKey[];
}

/** The permissions of a client. */
export interface ClientPermissions {
  readonly grants: readonly GrantType[];
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  /** The roles of a person that stay in a token that this client exchanges. */
  readonly roles: readonly string[];
}

/** A service or a third party. Confidential: it can keep a secret. */
export interface Client extends ClientPermissions {
  readonly id: string;
  readonly name: string;
  /** At most {@link MAX_SECRETS}, newest first. */
  readonly secrets: readonly ClientSecret[];
  readonly jwks: ClientKeys | undefined;
  readonly disabledAt: Date | undefined;
  readonly createdAt: Date;
}

/** The sessions of the credentials of a client. */
export function sidsOf({ secrets, jwks }: Pick<Client, 'secrets' | 'jwks'>): string[] {
  return [...secrets.map(({ sid }) => sid), ...(jwks === undefined ? [] : [jwks.sid])];
}
