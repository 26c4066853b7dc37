import type { Clock } from '@watchword/auth';
import { networkOf } from '../attempts/network.js';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';
import { type AuditLog, SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { EndSessions } from '../sessions/end-sessions.js';
import type { AccountStore } from './account-store.js';
import type { PasswordHasher } from './password-hasher.js';

/** Makes an existing or new account an administrator, for an operator who has access to the database but no administrator. */
export class RecoverAdministrator {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly endSessions: EndSessions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Nobody who used the account before keeps access: it gets a new password, and its sessions and codes end. A disabled account is
   * enabled.
   *
   * @param password a random one; the policy does not check it
   */
  async run(email: string, password: string): Promise<'made' | 'recovered'> {
    const passwordHash = await this.hasher.hash(password, networkOf(undefined));
    return this.db.transaction(async (tx) => {
      await this.store.lockAdministration(tx);
      const account = await this.store.findByEmail(tx, email);
      if (account === undefined) {
        await this.make(tx, email, passwordHash);
        return 'made';
      }
      await this.takeOver(tx, account.id, passwordHash);
      return 'recovered';
    });
  }

  private async make(tx: AuthTransaction, email: string, passwordHash: string): Promise<void> {
    const now = this.clock.now();
    const id = newId(now);
    const roles = ['customer', 'admin'];
    await this.store.insert(tx, { id, email, name: 'Administrator', passwordHash, roles, createdAt: new Date(now) });
    await this.record(tx, id);
  }

  private async takeOver(tx: AuthTransaction, id: string, passwordHash: string): Promise<void> {
    const passwordChangedAt = new Date(this.clock.now());
    await this.store.update(tx, id, { passwordHash, passwordChangedAt, disabledAt: null });
    await this.store.addRole(tx, id, 'admin');
    await this.store.removeResetCode(tx, id);
    await this.record(tx, id);
    await this.endSessions.endAllIn(tx, id, 'account-recovered', SYSTEM_ACTOR);
  }

  private record(tx: AuthTransaction, id: string): Promise<void> {
    const target = { type: 'account', id } as const;
    return this.audit.record(tx, { actor: SYSTEM_ACTOR, action: 'account.recover-administrator', target });
  }
}
