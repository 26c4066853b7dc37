import { isForeignKeyViolation, ProblemError } from '@watchword/platform';
import { eq, sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { roles, roleScopes } from '../database/schema/index.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { RenewSessionIds } from '../sessions/renew-session-ids.js';
import { lockAdministration } from './administration-lock.js';

export interface Role {
  readonly name: string;
  readonly description: string;
  readonly scopes: readonly string[];
}

/** Roles and the scopes that they grant: data, which administrators edit. */
export class AdministerRoles {
  constructor(
    private readonly db: AuthDatabase,
    private readonly renewSessionIds: RenewSessionIds,
    private readonly audit: AuditLog,
  ) {}

  async list(): Promise<Role[]> {
    const { rows } = await this.db.execute<Role & Record<string, unknown>>(sql`
      select name, description, array(select scope from role_scopes where role = name order by scope) as scopes
      from roles order by name`);
    return rows;
  }

  /** Makes a role, or replaces what it is. Whoever has it gets a new `sid`. */
  put({ name, description, scopes }: Role, actor: AuditActor): Promise<void> {
    return this.db.transaction(async (tx) => {
      await lockAdministration(tx);
      await tx
        .insert(roles)
        .values({ name, description })
        .onConflictDoUpdate({ target: roles.name, set: { description } });
      // Holds back who is given the role, and the logins of who has it, until the scopes are changed.
      await tx.execute(sql`select 1 from roles where name = ${name} for update`);
      await tx.execute(sql`
        select 1 from accounts where id in (select account_id from account_roles where role = ${name})
        order by id for update`);
      await tx.delete(roleScopes).where(eq(roleScopes.role, name));
      if (scopes.length > 0) {
        await tx.insert(roleScopes).values([...new Set(scopes)].map((scope) => ({ role: name, scope })));
      }
      await this.audit.record(tx, {
        actor,
        action: 'role.put',
        target: { type: 'role', id: name },
        detail: { scopes },
      });
      await this.renewSessionIds.ofRole(tx, name);
    });
  }

  /** @throws ProblemError `not_found`, `role_in_use` */
  async remove(name: string, actor: AuditActor): Promise<void> {
    if (name === 'admin') throw new ProblemError(409, 'role_in_use', 'The role admin is what this API is guarded with');
    try {
      await this.db.transaction(async (tx) => {
        const removed = await tx.delete(roles).where(eq(roles.name, name)).returning({ name: roles.name });
        if (removed.length === 0) throw new ProblemError(404, 'not_found', 'There is no such role');
        await this.audit.record(tx, { actor, action: 'role.remove', target: { type: 'role', id: name } });
      });
    } catch (error) {
      if (isForeignKeyViolation(error)) throw new ProblemError(409, 'role_in_use', 'Somebody has this role');
      throw error;
    }
  }
}
