import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { JsonWebKey } from 'node:crypto';
import { bytes, instant } from './columns.js';

/**
 * Signing keys. State is not stored: it follows from the times and the clock (keys/signing-key.ts).
 *
 * A key signs from {@link activatesAt} until {@link retiresAt}, which is open until a successor is known.
 * The index allows one open key; the migration adds an exclusion constraint under which no two of those intervals
 * overlap. So at every moment there is at most one active key, whatever the instances do.
 */
export const signingKeys = pgTable(
  'signing_keys',
  {
    /** RFC 7638 thumbprint. */
    kid: text('kid').primaryKey(),
    algorithm: text('algorithm').notNull(),
    publicJwk: jsonb('public_jwk').$type<JsonWebKey>().notNull(),
    /** AES-256-GCM; null once destroyed. */
    privateKey: bytes('private_key'),
    /** Version of the key-encryption key. */
    encryptionKey: integer('encryption_key'),
    createdAt: instant('created_at').notNull(),
    activatesAt: instant('activates_at').notNull(),
    retiresAt: instant('retires_at'),
    /** When it leaves the JWKS. */
    goneAt: instant('gone_at'),
    compromisedAt: instant('compromised_at'),
  },
  () => [
    uniqueIndex('one_open_signing_key')
      .on(sql`(true)`)
      .where(sql`retires_at is null`),
  ],
);
