import type { Clock } from '@watchword/auth';
import type { AuthDatabase } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import { networkOf } from '../attempts/network.js';
import type { AccountStore } from './account-store.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordPolicy } from './password-policy.js';

export interface Registration {
  readonly email: string;
  readonly password: string;
  readonly name?: string | undefined;
}

export interface RegisteredAccount {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly string[];
}

/** Creates an account: for a person who registers, or by an administrator for somebody else. */
export class RegisterAccount {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * @param roles the roles of the account
   * @throws Refusal `email_taken`, `unknown_role`, `password_rejected`, `overloaded`
   */
  async run(
    { email, password, name }: Registration,
    roles: readonly string[],
    actor: AuditActor,
  ): Promise<RegisteredAccount> {
    await this.policy.check(password, { email, name });
    const passwordHash = await this.hasher.hash(password, networkOf(actor.ip));
    const now = this.clock.now();
    const id = newId(now);
    await this.db.transaction(async (tx) => {
      await this.accounts.insert(tx, { id, email, name, passwordHash, roles, createdAt: new Date(now) });
      await this.audit.record(tx, {
        actor,
        action: 'account.create',
        target: { type: 'account', id },
        detail: { roles },
      });
    });
    return { id, email: email.trim(), roles };
  }
}
