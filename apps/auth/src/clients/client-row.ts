import type { clients } from '../database/schema/index.js';
import type { Client, ClientSecret, GrantType } from './client.js';

type Row = typeof clients.$inferSelect;

/** The client of a row of the table. */
export function toClient(row: Row): Client {
  const { id, name, jwks, jwksSid, scopes, audiences, roles, createdAt } = row;
  return {
    id,
    name,
    secrets: [
      secretOf(row.secretHash, row.secretSid, row.secretCreatedAt),
      secretOf(row.previousSecretHash, row.previousSecretSid, row.previousSecretCreatedAt),
    ].filter((secret) => secret !== undefined),
    jwks: jwks === null || jwksSid === null ? undefined : { sid: jwksSid, keys: jwks.keys },
    grants: row.grants as GrantType[],
    scopes,
    audiences,
    roles,
    disabledAt: row.disabledAt ?? undefined,
    createdAt,
  };
}

/** The row of the table for a client. */
export function toRow({ secrets, jwks, ...client }: Client): Row {
  const [current, previous] = secrets;
  return {
    id: client.id,
    name: client.name,
    secretHash: current?.hash ?? null,
    secretSid: current?.sid ?? null,
    secretCreatedAt: current?.createdAt ?? null,
    previousSecretHash: previous?.hash ?? null,
    previousSecretSid: previous?.sid ?? null,
    previousSecretCreatedAt: previous?.createdAt ?? null,
    jwks: jwks === undefined ? null : { keys: jwks.keys },
    jwksSid: jwks?.sid ?? null,
    grants: [...client.grants],
    scopes: [...client.scopes],
    audiences: [...client.audiences],
    roles: [...client.roles],
    disabledAt: client.disabledAt ?? null,
    createdAt: client.createdAt,
  };
}

function secretOf(hash: Buffer | null, sid: string | null, createdAt: Date | null): ClientSecret | undefined {
  return hash === null || sid === null || createdAt === null ? undefined : { hash, sid, createdAt };
}
