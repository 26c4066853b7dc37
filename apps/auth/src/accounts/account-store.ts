import { isForeignKeyViolation, isUniqueViolation, Refusal } from '@watchword/platform';
import { and, eq, gt, isNull, type SQL, sql } from 'drizzle-orm';
import type { AuthQueries, AuthTransaction } from '../database/auth-database.js';
import { accountRoles, accounts, passwordResets } from '../database/schema/index.js';
import { emailKey } from './email.js';

export type Account = typeof accounts.$inferSelect;

/** The data of a new account. */
export interface NewAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string | undefined;
  readonly passwordHash: string;
  readonly roles: readonly string[];
  readonly createdAt: Date;
}

/** A new password of an account. */
export interface NewPassword {
  readonly passwordHash: string;
  readonly passwordChangedAt: Date;
}

/** A stored code for resetting a password. */
export interface ResetCode {
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
}

/** The id of the advisory lock: an arbitrary number, the same in every instance. */
const ADMINISTRATION_LOCK = 7_315_003;

/** Stores accounts, with their roles and their codes for resetting a password. */
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

  /** Reads an account and locks it until the end of the transaction. */
  async lock(tx: AuthTransaction, id: string): Promise<Account | undefined> {
    const [account] = await tx.select().from(accounts).where(eq(accounts.id, id)).for('update');
    return account;
  }

  /**
   * Locks all changes of accounts and roles by administrators, so that there is only one at a time: two administrators cannot remove
   * each other, and two changes cannot deadlock.
   */
  async lockAdministration(tx: AuthTransaction): Promise<void> {
    await tx.execute(sql`select pg_advisory_xact_lock(${ADMINISTRATION_LOCK})`);
  }

  /**
   * Locks the account until the end of the transaction: its password, roles and status cannot change, and other logins wait.
   *
   * @returns false if it is disabled, or its password has changed
   */
  async holdForLogin(tx: AuthTransaction, { id, passwordHash }: Account): Promise<boolean> {
    const held = await tx
      .select({ id: accounts.id })
      .from(accounts)
      .where(and(eq(accounts.id, id), eq(accounts.passwordHash, passwordHash), isNull(accounts.disabledAt)))
      .for('no key update');
    return held.length > 0;
  }

  async hasAny(db: AuthQueries): Promise<boolean> {
    const [anyone] = await db.select({ id: accounts.id }).from(accounts).limit(1);
    return anyone !== undefined;
  }

  async hasAnyWithRole(db: AuthQueries, role: string): Promise<boolean> {
    const { rows } = await db.execute<{ found: boolean }>(
      sql`select exists (select 1 from account_roles where role = ${role}) as found`,
    );
    return rows[0]?.found === true;
  }

  /** @throws Refusal `unknown_role` */
  async insertRoles(tx: AuthTransaction, id: string, roles: readonly string[]): Promise<void> {
    if (roles.length === 0) return;
    try {
      await tx.insert(accountRoles).values([...new Set(roles)].map((role) => ({ accountId: id, role })));
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new Refusal('unprocessable', 'unknown_role', 'There is no such role');
      throw error;
    }
  }

  /** @throws Refusal `email_taken`, `unknown_role` */
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
      if (isUniqueViolation(error))
        throw new Refusal('conflict', 'email_taken', 'This email address already has an account');
      throw error;
    }
    await this.insertRoles(tx, id, account.roles);
  }

  async update(
    tx: AuthTransaction,
    id: string,
    change: Partial<NewPassword> & { readonly disabledAt?: Date | null },
  ): Promise<void> {
    await tx.update(accounts).set(change).where(eq(accounts.id, id));
  }

  /** @returns false if its password has changed meanwhile */
  async replacePassword(tx: AuthTransaction, { id, passwordHash }: Account, next: NewPassword): Promise<boolean> {
    return this.setPassword(tx, next, and(eq(accounts.id, id), eq(accounts.passwordHash, passwordHash)));
  }

  /** @returns false if it is disabled */
  async resetPassword(tx: AuthTransaction, id: string, next: NewPassword): Promise<boolean> {
    return this.setPassword(tx, next, and(eq(accounts.id, id), isNull(accounts.disabledAt)));
  }

  private async setPassword(tx: AuthTransaction, next: NewPassword, which: SQL | undefined): Promise<boolean> {
    const changed = await tx.update(accounts).set(next).where(which).returning({ id: accounts.id });
    return changed.length > 0;
  }

  /** @throws Refusal `unknown_role` */
  async replaceRoles(tx: AuthTransaction, id: string, roles: readonly string[]): Promise<void> {
    await tx.delete(accountRoles).where(eq(accountRoles.accountId, id));
    await this.insertRoles(tx, id, roles);
  }

  async addRole(tx: AuthTransaction, id: string, role: string): Promise<void> {
    await tx.insert(accountRoles).values({ accountId: id, role }).onConflictDoNothing();
  }

  async hasEnabledAdministrator(tx: AuthTransaction): Promise<boolean> {
    const { rows } = await tx.execute(sql`
      select 1 from account_roles join accounts on accounts.id = account_id
      where role = 'admin' and disabled_at is null limit 1`);
    return rows.length > 0;
  }

  async delete(tx: AuthTransaction, id: string): Promise<void> {
    await tx.delete(accounts).where(eq(accounts.id, id));
  }

  /** Stores the code of an account, in place of an earlier one. */
  async putResetCode(tx: AuthTransaction, accountId: string, code: ResetCode): Promise<void> {
    await tx
      .insert(passwordResets)
      .values({ accountId, ...code })
      .onConflictDoUpdate({ target: passwordResets.accountId, set: code });
  }

  /** The account of an email address, and whether it has this code. In one statement, so that the time does not reveal whether the account exists. */
  async findWithResetCode(
    db: AuthQueries,
    email: string,
    codeHash: Buffer,
    now: Date,
  ): Promise<{ readonly account: Account; readonly hasCode: boolean } | undefined> {
    const [found] = await db
      .select({ account: accounts, code: passwordResets.accountId })
      .from(accounts)
      .leftJoin(passwordResets, and(eq(passwordResets.accountId, accounts.id), isGoodCode(codeHash, now)))
      .where(eq(accounts.emailKey, emailKey(email)));
    return found && { account: found.account, hasCode: found.code !== null };
  }

  /** @returns false if the account does not have this code, or has it no longer */
  async takeResetCode(tx: AuthTransaction, accountId: string, codeHash: Buffer, now: Date): Promise<boolean> {
    const used = await tx
      .delete(passwordResets)
      .where(and(eq(passwordResets.accountId, accountId), isGoodCode(codeHash, now)))
      .returning({ id: passwordResets.accountId });
    return used.length > 0;
  }

  async removeResetCode(tx: AuthTransaction, accountId: string): Promise<void> {
    await tx.delete(passwordResets).where(eq(passwordResets.accountId, accountId));
  }
}

function isGoodCode(codeHash: Buffer, now: Date): SQL | undefined {
  return and(eq(passwordResets.codeHash, codeHash), gt(passwordResets.expiresAt, now));
}
