import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { EndSessions } from '../sessions/end-sessions.js';
import type { RenewSessionIds } from '../sessions/renew-session-ids.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { Account, AccountStore } from './account-store.js';

/** Changes of an account by an administrator. The sessions of the account change in the same transaction. */
export class AdministerAccount {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly sessions: SessionStore,
    private readonly endSessions: EndSessions,
    private readonly renewSessionIds: RenewSessionIds,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found`, `last_administrator` */
  disable(id: string, actor: AuditActor): Promise<void> {
    return this.change(id, async (tx, account) => {
      if (account.disabledAt !== null) return;
      await this.accounts.update(tx, id, { disabledAt: new Date(this.clock.now()) });
      await this.accounts.removeResetCode(tx, id);
      await this.audit.record(tx, { actor, action: 'account.disable', target: { type: 'account', id } });
      await this.endSessions.endAllIn(tx, id, 'account-disabled', actor);
    });
  }

  /** @throws Refusal `not_found` */
  enable(id: string, actor: AuditActor): Promise<void> {
    return this.change(id, async (tx, account) => {
      if (account.disabledAt === null) return;
      await this.accounts.update(tx, id, { disabledAt: null });
      await this.audit.record(tx, { actor, action: 'account.enable', target: { type: 'account', id } });
    });
  }

  /** @throws Refusal `not_found`, `unknown_role`, `last_administrator` */
  setRoles(id: string, roles: readonly string[], actor: AuditActor): Promise<void> {
    return this.change(id, async (tx) => {
      await this.accounts.replaceRoles(tx, id, roles);
      await this.audit.record(tx, {
        actor,
        action: 'account.set-roles',
        target: { type: 'account', id },
        detail: { roles },
      });
      await this.renewSessionIds.ofAccount(tx, id);
    });
  }

  /**
   * Deletes an account with all its data, except for its id in the audit log. Its email address can be used again. A new account with
   * that address has another id, so tokens of the old account are not valid for it.
   *
   * @throws Refusal `not_found`, `last_administrator`
   */
  delete(id: string, actor: AuditActor): Promise<void> {
    return this.change(id, async (tx) => {
      const until = (await this.sessions.tokensExpireAt(tx, id)) ?? this.clock.now();
      await this.audit.record(tx, { actor, action: 'account.delete', target: { type: 'account', id } });
      await this.endSessions.endAllIn(tx, id, 'account-deleted', actor);
      await this.events.append(tx, { type: 'account-deleted', value: id }, until);
      await this.accounts.delete(tx, id);
    });
  }

  private change(id: string, apply: (tx: AuthTransaction, account: Account) => Promise<void>): Promise<void> {
    return this.db.transaction(async (tx) => {
      await this.accounts.lockAdministration(tx);
      const account = await this.accounts.lock(tx, id);
      if (account === undefined) throw new Refusal('not-found', 'not_found', 'There is no such account');
      await apply(tx, account);
      await this.assertAdministrator(tx);
    });
  }

  /** There must always be an administrator: without one, nobody could manage the system. */
  private async assertAdministrator(tx: AuthTransaction): Promise<void> {
    if (await this.accounts.hasEnabledAdministrator(tx)) return;
    throw new Refusal('conflict', 'last_administrator', 'At least one administrator must not be disabled');
  }
}
