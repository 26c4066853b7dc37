import type { AuthTransaction } from '../database/auth-database.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { EndSessions } from './end-sessions.js';
import type { SessionLifetime } from './session-lifetime.js';

/**
 * Limits the live sessions of an account. If there are too many, the session that was not used for the longest time ends. So a person
 * can always log in, and an attacker cannot fill the database with logins.
 */
export class SessionLimit {
  constructor(
    private readonly endSessions: EndSessions,
    private readonly most: number,
    private readonly lifetime: SessionLifetime,
  ) {}

  /** Call it as the last step of the transaction that starts a session, with the account locked against other logins. */
  async enforce(tx: AuthTransaction, accountId: string): Promise<void> {
    const surplus = { accountId, beyond: this.most, liveSince: this.lifetime.now() };
    await this.endSessions.endIn(tx, surplus, 'session-limit', SYSTEM_ACTOR);
  }
}
