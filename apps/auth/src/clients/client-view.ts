import type { JsonWebKey } from 'node:crypto';
import type { Client, ClientPermissions } from './client.js';
import type { ClientWithSecret } from './manage-clients.js';

/** A client in the responses for administrators. */
export interface ClientView extends ClientPermissions {
  readonly clientId: string;
  readonly name: string;
  readonly disabled: boolean;
  readonly createdAt: string;
  /** The valid secrets, newest first. `id` is the `sid` of the tokens that are obtained with it. */
  readonly secrets: readonly { readonly id: string; readonly createdAt: string }[];
  /** The public keys. */
  readonly jwks: { readonly id: string; readonly keys: readonly JsonWebKey[] } | null;
}

export interface ClientViewWithSecret extends ClientView {
  readonly clientSecret?: string;
}

export function clientView({ id, disabledAt, createdAt, secrets, jwks, ...client }: Client): ClientView {
  const { name, grants, scopes, audiences, roles } = client;
  return {
    clientId: id,
    name,
    grants,
    scopes,
    audiences,
    roles,
    disabled: disabledAt !== undefined,
    createdAt: createdAt.toISOString(),
    secrets: secrets.map((secret) => ({ id: secret.sid, createdAt: secret.createdAt.toISOString() })),
    jwks: jwks === undefined ? null : { id: jwks.sid, keys: jwks.keys },
  };
}

export function withSecret({ client, secret }: ClientWithSecret): ClientViewWithSecret {
  return { ...clientView(client), ...(secret === undefined ? {} : { clientSecret: secret }) };
}
