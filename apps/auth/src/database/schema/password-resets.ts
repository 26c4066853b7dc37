import { pgTable, uuid } from 'drizzle-orm/pg-core';
import { accounts } from './accounts.js';
import { bytes, instant } from './columns.js';

/** Codes for setting a new password. An account has at most one: a new code replaces it. */
export const passwordResets = pgTable('password_resets', {
  accountId: uuid('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  /** SHA-256 of 120 random bits. */
  codeHash: bytes('code_hash').notNull(),
  expiresAt: instant('expires_at').notNull(),
});
