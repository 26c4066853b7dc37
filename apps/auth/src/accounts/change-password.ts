import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { Refusals } from '../security-events/refusals.js';
import type { EndSessions } from '../sessions/end-sessions.js';
import type { Account, AccountStore } from './account-store.js';
import type { AttemptLimits } from '../attempts/attempt-limits.js';
import { networkOf } from '../attempts/network.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordPolicy } from './password-policy.js';

/** Changes a person's own password. It requires the current password, and ends all sessions of the account. */
export class ChangePassword {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: AccountStore,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly endSessions: EndSessions,
    private readonly limits: AttemptLimits,
    private readonly audit: AuditLog,
    private readonly refusals: Refusals,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `wrong_password`, `password_rejected`, `too_many_attempts`, `overloaded` */
  async run(accountId: string, current: string, next: string, actor: AuditActor): Promise<void> {
    await this.limits.passwordChange.begin(accountId);
    const account = await this.store.findById(this.db, accountId);
    const matches = await this.matches(account, current, networkOf(actor.ip));
    if (account === undefined || !matches) {
      this.refusals.record({
        action: 'account.change-password-refused',
        target: { type: 'account', id: accountId },
        ip: actor.ip,
        detail: { code: 'wrong_password' },
      });
      throw new Refusal('forbidden', 'wrong_password', 'The current password is wrong');
    }
    await this.limits.passwordChange.forgive(accountId);
    await this.policy.check(next, { email: account.email, name: account.name ?? undefined }, 'newPassword');
    const passwordHash = await this.hasher.hash(next, networkOf(actor.ip));
    await this.db.transaction(async (tx) => {
      const changed = { passwordHash, passwordChangedAt: new Date(this.clock.now()) };
      const isChanged = await this.store.replacePassword(tx, account, changed);
      if (!isChanged) throw new Refusal('conflict', 'conflict', 'The password was changed at the same time');
      await this.store.removeResetCode(tx, accountId);
      await this.audit.record(tx, {
        actor,
        action: 'account.change-password',
        target: { type: 'account', id: accountId },
      });
      await this.endSessions.endAllIn(tx, accountId, 'password-changed', actor);
    });
  }

  /** Only a wrong password counts as a failed attempt, not one that was refused because of overload. */
  private async matches(account: Account | undefined, password: string, network: string): Promise<boolean> {
    try {
      return await this.hasher.verify(account?.passwordHash, password, network);
    } catch (error) {
      if (account !== undefined) await this.limits.passwordChange.giveBack(account.id);
      throw error;
    }
  }
}
