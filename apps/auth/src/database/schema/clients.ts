import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { JsonWebKey } from 'node:crypto';
import { bytes, instant } from './columns.js';

/**
 * Services and third parties. Secrets are kept as SHA-256 hashes of 256 random bits.
 *
 * Each credential is a session of its own: its `sid` is in every token that it obtained for itself,
 * so that withdrawing a credential is revoking a session.
 */
export const clients = pgTable('clients', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  secretHash: bytes('secret_hash'),
  secretSid: uuid('secret_sid'),
  secretCreatedAt: instant('secret_created_at'),
  /** The secret before, until every instance of the client has the new one. */
  previousSecretHash: bytes('previous_secret_hash'),
  previousSecretSid: uuid('previous_secret_sid'),
  previousSecretCreatedAt: instant('previous_secret_created_at'),
  /** Public keys for `private_key_jwt` (RFC 7523). */
  jwks: jsonb('jwks').$type<{ readonly keys: readonly JsonWebKey[] }>(),
  jwksSid: uuid('jwks_sid'),
  grants: text('grants').array().notNull(),
  scopes: text('scopes').array().notNull(),
  audiences: text('audiences').array().notNull(),
  /** Roles that a token which this client exchanged may keep. */
  roles: text('roles')
    .array()
    .notNull()
    .default(sql`'{}'`),
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull(),
});

/** Client assertions that were used, until they expire: each counts once (RFC 7523 §3). */
export const usedClientAssertions = pgTable(
  'used_client_assertions',
  {
    clientId: text('client_id').notNull(),
    jti: text('jti').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clientId, table.jti] }),
    index('used_client_assertions_by_end').on(table.expiresAt),
  ],
);
