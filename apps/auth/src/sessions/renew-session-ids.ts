import type { Clock } from '@watchword/auth';
import type { AuthTransaction } from '../database/auth-database.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { SessionStore } from './session-store.js';

/**
 * Gives sessions a new `sid` when what they entitle to has changed: people stay logged in, tokens that say what was true
 * before are denied.
 */
export class RenewSessionIds {
  constructor(
    private readonly sessions: SessionStore,
    private readonly events: SecurityEventLog,
    private readonly clock: Clock,
  ) {}

  /** As the last step of the transaction that changes roles or scopes, with the accounts locked. */
  async ofAccount(tx: AuthTransaction, accountId: string): Promise<void> {
    await this.events.appendSessions(tx, await this.sessions.renewIds(tx, { accountId }, this.clock.now()));
  }

  /** As the last step of the transaction that changes what a role grants, with its accounts locked. */
  async ofRole(tx: AuthTransaction, role: string): Promise<void> {
    await this.events.appendSessions(tx, await this.sessions.renewIds(tx, { role }, this.clock.now()));
  }
}
