import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { bytes, instant } from './columns.js';

/**
 * A login on a device, and the refresh token that belongs to it.
 *
 * The row has place for one current refresh token alone: a session with two live branches can't be written.
 * Tokens are kept as SHA-256 hashes of 256 random bits.
 */
export const sessions = pgTable(
  'sessions',
  {
    /** Never leaves the issuer, save inside its refresh tokens. */
    id: uuid('id').primaryKey(),
    /** The public name, in access tokens and lists. A change of roles replaces it. */
    sid: uuid('sid').notNull().unique(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    clientId: text('client_id').notNull(),
    userAgent: text('user_agent'),
    ip: text('ip'),
    /** Of the login (`auth_time`). */
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
    /** Absolute end, however often it is used. */
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    /** Latest `exp` of the access tokens that carry this sid: until then its revocation matters. */
    tokensExpireAt: instant('tokens_expire_at').notNull(),
    refreshHash: bytes('refresh_hash').notNull(),
    /** The token that {@link refreshHash} succeeded, for as long as that one was not used. */
    previousRefreshHash: bytes('previous_refresh_hash'),
    /** With the predecessor and a key outside of the database, this gives the current token again. */
    successorNonce: bytes('successor_nonce'),
    rotatedAt: instant('rotated_at'),
  },
  (table) => [index('sessions_of_account').on(table.accountId), index('sessions_by_end').on(table.expiresAt)],
);
