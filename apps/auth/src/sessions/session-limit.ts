import type { Clock } from '@watchword/auth';
import { and, desc, eq, inArray } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';
import { sessions } from '../database/schema/index.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { EndSessions } from './end-sessions.js';
import { isLiveSession } from './live-session.js';
import type { SessionTiming } from './session-timing.js';

/**
 * Bounds the live sessions of an account. One more ends the session that was not used for the longest time, so that a
 * person can always log in, and whoever logs in without end does not fill the database.
 */
export class SessionLimit {
  constructor(
    private readonly endSessions: EndSessions,
    private readonly most: number,
    private readonly timing: SessionTiming,
    private readonly clock: Clock,
  ) {}

  /** As the last step of the transaction that began a session, with the account locked against other logins. */
  async enforce(tx: AuthTransaction, accountId: string): Promise<void> {
    const surplus = tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.accountId, accountId), isLiveSession(this.timing, this.clock.now())))
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
      .offset(this.most);
    await this.endSessions.endIn(tx, inArray(sessions.id, surplus), 'session-limit', SYSTEM_ACTOR);
  }
}
