import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { JsonWebKey } from 'node:crypto';
import { bytes, instant } from './columns.js';

/**
 * OAuth clients: services and third parties. Secrets are stored as SHA-256 hashes of 256 random bits.
 *
 * Each credential has its own session. Its `sid` is in all tokens that the client obtained for itself, so withdrawing a credential
 * means revoking a session.
 */
export const clients = pgTable('clients', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  secretHash: bytes('secret_hash'),
  secretSid: uuid('secret_sid'),
  secretCreatedAt: instant('secret_created_at'),
  /** The previous secret, until all instances of the client have the new one. */
  previousSecretHash: bytes('previous_secret_hash'),
  previousSecretSid: uuid('previous_secret_sid'),
  previousSecretCreatedAt: instant('previous_secret_created_at'),
  /** Public keys for `private_key_jwt` (RFC 7523). */
  jwks: jsonb('jwks').$type<{ readonly keys: readonly JsonWebKey[] }>(),
  jwksSid: uuid('jwks_sid'),
  grants: text('grants').array().notNull(),
  scopes: text('scopes').array().notNull(),
  audiences: text('audiences').array().notNull(),
  /** The roles that stay in a token that this client exchanges. */
  roles: text('roles')
    .array()
    .notNull()
    .default(sql`'{}'`),
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull(),
});

/** Used client assertions, until they expire: each can be used once (RFC 7523 §3). */
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
