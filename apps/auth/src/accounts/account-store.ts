import { isForeignKeyViolation, isUniqueViolation, ProblemError } from '@watchword/platform';
import { and, eq, isNull, sql } from 'drizzle-orm';
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
  readonly roles: readonly string[];
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

  /**
   * Keeps an account as it is until the end of the transaction (its password, its roles, its being enabled), and other
   * logins to it waiting.
   *
   * @returns false when it is disabled, or has another password by now
   */
  async holdForLogin(tx: AuthTransaction, { id, passwordHash }: Account): Promise<boolean> {
    const held = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.id, id), eq(accounts.passwordHash, passwordHash), isNull(accounts.disabledAt)))
      .for('no key update');
    return held.length > 0;
  }

  async hasAnyWithRole(db: AuthQueries, role: string): Promise<boolean> {
    const { rows } = await db.execute<{ found: boolean }>(
      sql`select exists (select 1 from account_roles where role = ${role}) as found`,
    );
    return rows[0]?.found === true;
  }

  /** @throws ProblemError `unknown_role` */
  async insertRoles(tx: AuthTransaction, id: string, roles: readonly string[]): Promise<void> {
    if (roles.length === 0) return;
    try {
      await tx.insert(accountRoles).values([...new Set(roles)].map((role) => ({ accountId: id, role })));
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new ProblemError(422, 'unknown_role', 'There is no such role');
      throw error;
    }
  }

  /** @throws ProblemError `email_taken`, `unknown_role` */
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
    await this.insertRoles(tx, id, account.roles);
  }
}
