import type { AuthTransaction } from '../database/auth-database.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { EndSessions } from './end-sessions.js';
import type { SessionLifetime } from './session-lifetime.js';

/**
 * Bounds the live sessions of an account. One more ends the session that was not used for the longest time, so that a
 * person can always log in, and whoever logs in without end does not fill the database.
 */
export class SessionLimit {
  constructor(
    private readonly endSessions: EndSessions,
    private readonly most: number,
    private readonly lifetime: SessionLifetime,
  ) {}

  /** As the last step of the transaction that began a session, with the account locked against other logins. */
  async enforce(tx: AuthTransaction, accountId: string): Promise<void> {
    const surplus = { accountId, beyond: this.most, liveSince: this.lifetime.now() };
    await this.endSessions.endIn(tx, surplus, 'session-limit', SYSTEM_ACTOR);
  }
}
