import { index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { bytes, instant } from './columns.js';

/**
 * A login on a device, with its refresh token.
 *
 * The row can only hold one current refresh token, so a session cannot have two valid ones.
 * Tokens are stored as SHA-256 hashes of 256 random bits.
 */
export const sessions = pgTable(
  'sessions',
  {
    /** Not visible outside of the issuer, except inside its refresh tokens. */
    id: uuid('id').primaryKey(),
    /** The public id, in access tokens and lists. It is replaced when the roles change. */
    sid: uuid('sid').notNull().unique(),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    clientId: text('client_id').notNull(),
    userAgent: text('user_agent'),
    ip: text('ip'),
    /** The time of the login (`auth_time`). */
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
    /** The absolute end of the session, even if it is used. */
    expiresAt: instant('expires_at').notNull(),
    endedAt: instant('ended_at'),
    /** The latest `exp` of access tokens with this sid. Until then, a revocation of the sid must be remembered. */
    tokensExpireAt: instant('tokens_expire_at').notNull(),
    refreshHash: bytes('refresh_hash').notNull(),
    /** The predecessor of {@link refreshHash}, until that one is used. */
    previousRefreshHash: bytes('previous_refresh_hash'),
    /** With the predecessor and a key outside of the database, the current token can be derived from it again. */
    successorNonce: bytes('successor_nonce'),
    rotatedAt: instant('rotated_at'),
  },
  (table) => [index('sessions_of_account').on(table.accountId), index('sessions_by_end').on(table.expiresAt)],
);
