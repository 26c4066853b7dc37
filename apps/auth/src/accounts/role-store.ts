import { isForeignKeyViolation, Refusal } from '@watchword/platform';
import { eq, sql } from 'drizzle-orm';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import { roles, roleScopes } from '../database/schema/index.js';

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
}

/** Stores roles and their scopes. */
export class RoleStore {
  async list(db: AuthDatabase): Promise<Role[]> {
    const { rows } = await db.execute<Role & Record<string, unknown>>(sql`
      select name, description, array(select scope from role_scopes where role = name order by scope) as scopes
      from roles order by name`);
    return rows;
  }

  /** Until the end of the transaction, the role cannot be given to accounts, and accounts with this role cannot log in. */
  async put(tx: AuthTransaction, { name, description, scopes }: Role): Promise<void> {
    await tx
      .insert(roles)
      .values({ name, description })
      .onConflictDoUpdate({ target: roles.name, set: { description } });
    await tx.execute(sql`select 1 from roles where name = ${name} for update`);
    await tx.execute(sql`
      select 1 from accounts where id in (select account_id from account_roles where role = ${name})
      order by id for update`);
    await tx.delete(roleScopes).where(eq(roleScopes.role, name));
    if (scopes.length === 0) return;
    await tx.insert(roleScopes).values([...new Set(scopes)].map((scope) => ({ role: name, scope })));
  }

  /**
   * @returns false if there is no such role
   * @throws Refusal `role_in_use`
   */
  async remove(tx: AuthTransaction, name: string): Promise<boolean> {
    try {
      const removed = await tx.delete(roles).where(eq(roles.name, name)).returning({ name: roles.name });
      return removed.length > 0;
    } catch (error) {
      if (isForeignKeyViolation(error))
        throw new Refusal('conflict', 'role_in_use', 'At least one account has this role');
      throw error;
    }
  }
}
