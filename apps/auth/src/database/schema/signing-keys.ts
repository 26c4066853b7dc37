import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { JsonWebKey } from 'node:crypto';
import { bytes, instant } from './columns.js';

/**
 * Signing keys. Their state is not stored: it follows from the times and the clock (see `keyState`).
 *
 * A key signs from {@link activatesAt} until {@link retiresAt}, which is null until there is a successor.
 * The index allows only one key without an end, and an exclusion constraint in the migration forbids overlapping intervals. So the
 * database guarantees that at most one key is active at any time.
 */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** RFC 7638 thumbprint. */
    kid: text('kid').primaryKey(),
    algorithm: text('algorithm').notNull(),
    publicJwk: jsonb('public_jwk').$type<JsonWebKey>().notNull(),
    /** Encrypted with AES-256-GCM; null once destroyed. */
    privateKey: bytes('private_key'),
    /** The version of the key-encryption key. */
    encryptionKey: integer('encryption_key'),
    createdAt: instant('created_at').notNull(),
    activatesAt: instant('activates_at').notNull(),
    retiresAt: instant('retires_at'),
    /** When it is removed from the JWK Set. */
    goneAt: instant('gone_at'),
    compromisedAt: instant('compromised_at'),
  },
  () => [
    uniqueIndex('one_open_signing_key')
      .on(sql`(true)`)
      .where(sql`retires_at is null`),
  ],
);
