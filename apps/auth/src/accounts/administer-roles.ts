import { Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { RenewSessionIds } from '../sessions/renew-session-ids.js';
import type { AccountStore } from './account-store.js';
import type { Role, RoleStore } from './role-store.js';

/** Changes of roles and their scopes by an administrator. */
export class AdministerRoles {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly roles: RoleStore,
    private readonly renewSessionIds: RenewSessionIds,
    private readonly audit: AuditLog,
  ) {}

  list(): Promise<Role[]> {
    return this.roles.list(this.db);
  }

  /** Creates or replaces a role. The sessions of accounts with this role get a new `sid`. */
  put(role: Role, actor: AuditActor): Promise<void> {
    return this.db.transaction(async (tx) => {
      await this.accounts.lockAdministration(tx);
      await this.roles.put(tx, role);
      const { name, scopes } = role;
      const target = { type: 'role', id: name } as const;
      await this.audit.record(tx, { actor, action: 'role.put', target, detail: { scopes } });
      await this.renewSessionIds.ofRole(tx, name);
    });
  }

  /** @throws Refusal `not_found`, `role_in_use` */
  async remove(name: string, actor: AuditActor): Promise<void> {
    if (name === 'admin') throw new Refusal('conflict', 'role_in_use', 'This API requires the role admin');
    await this.db.transaction(async (tx) => {
      if (!(await this.roles.remove(tx, name))) throw new Refusal('not-found', 'not_found', 'There is no such role');
      await this.audit.record(tx, { actor, action: 'role.remove', target: { type: 'role', id: name } });
    });
  }
}
