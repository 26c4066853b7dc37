import type { Clock } from '@watchword/auth';
import type { AuthTransaction } from '../database/auth-database.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { SessionStore } from './session-store.js';

/**
 * Gives sessions a new `sid` when their roles or scopes have changed: people stay logged in, and tokens with the old roles or scopes
 * are denied.
 */
export class RenewSessionIds {
  constructor(
    private readonly sessions: SessionStore,
    private readonly events: SecurityEventLog,
    private readonly clock: Clock,
  ) {}

  /** Call it as the last step of the transaction that changes roles or scopes, with the account locked. */
  async ofAccount(tx: AuthTransaction, accountId: string): Promise<void> {
    await this.events.appendSessions(tx, await this.sessions.renewIds(tx, { accountId }, this.clock.now()));
  }

  /** Call it as the last step of the transaction that changes the scopes of a role, with its accounts locked. */
  async ofRole(tx: AuthTransaction, role: string): Promise<void> {
    await this.events.appendSessions(tx, await this.sessions.renewIds(tx, { role }, this.clock.now()));
  }
}
