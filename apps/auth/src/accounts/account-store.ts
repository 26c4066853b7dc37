import { isUniqueViolation, ProblemError } from '@watchword/platform';
import { eq, sql } from 'drizzle-orm';
import type { AuthQueries, AuthTransaction } from '../database/auth-database.js';
import { accountRoles, accounts } from '../database/schema/index.js';
import { emailKey } from './email.js';

export type Account = typeof accounts.$inferSelect;

/** What a new account is made of. */
export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string | undefined;
  readonly passwordHash: string;
  readonly roles: readonly [string, ...string[]];
  readonly createdAt: Date;
}

/** Accounts in the database. */
export class AccountStore {
  async findByEmail(db: AuthQueries, email: string): Promise<Account | undefined> {
    const [account] = await db
      .select()
      .from(accounts)
      .where(eq(accounts.emailKey, emailKey(email)));
    return account;
  }

  async findById(db: AuthQueries, id: string): Promise<Account | undefined> {
    const [account] = await db.select().from(accounts).where(eq(accounts.id, id));
    return account;
  }

  async rolesOf(db: AuthQueries, id: string): Promise<string[]> {
    const rows = await db.select({ role: accountRoles.role }).from(accountRoles).where(eq(accountRoles.accountId, id));
    return rows.map(({ role }) => role).toSorted();
  }

  async hasAnyWithRole(db: AuthQueries, role: string): Promise<boolean> {
    const { rows } = await db.execute<{ found: boolean }>(
      sql`select exists (select 1 from account_roles where role = ${role}) as found`,
    );
    return rows[0]?.found === true;
  }

  /** @throws ProblemError `email_taken` */
  async insert(tx: AuthTransaction, account: NewAccount): Promise<void> {
    const { id, email, name, passwordHash, createdAt } = account;
    try {
      await tx.insert(accounts).values({
        id,
        email: email.trim(),
        emailKey: emailKey(email),
        name: name ?? null,
        passwordHash,
        passwordChangedAt: createdAt,
        createdAt,
      });
    } catch (error) {
      if (isUniqueViolation(error)) throw new ProblemError(409, 'email_taken', 'This email address has an account');
      throw error;
    }
    await tx.insert(accountRoles).values(account.roles.map((role) => ({ accountId: id, role })));
  }
}
