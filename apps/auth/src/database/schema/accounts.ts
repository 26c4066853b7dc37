import { pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.js';

/** People. */
export const accounts = pgTable('accounts', {
  id: uuid('id').primaryKey(),
  /** As the person typed it. */
  email: text('email').notNull(),
  /** The normal form of {@link email}, for comparisons. */
  emailKey: text('email_key').notNull().unique(),
  name: text('name'),
  /** argon2id in PHC string format. */
  passwordHash: text('password_hash').notNull(),
  passwordChangedAt: instant('password_changed_at').notNull(),
  /** Set while the account is disabled. */
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull(),
});

export const roles = pgTable('roles', {
  name: text('name').primaryKey(),
  description: text('description').notNull().default(''),
});

/** The scopes that a role grants. */
export const roleScopes = pgTable(
  'role_scopes',
  {
    role: text('role')
      .notNull()
      .references(() => roles.name, { onDelete: 'cascade' }),
    scope: text('scope').notNull(),
  },
  (table) => [primaryKey({ columns: [table.role, table.scope] })],
);

export const accountRoles = pgTable(
  'account_roles',
  {
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    role: text('role')
      .notNull()
      .references(() => roles.name),
  },
  (table) => [primaryKey({ columns: [table.accountId, table.role] })],
);
