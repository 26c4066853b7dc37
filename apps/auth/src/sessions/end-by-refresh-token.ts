import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor } from '../security-events/audit-log.js';
import type { EndSessions } from './end-sessions.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { SessionStore } from './session-store.js';

/** Ends the session of a refresh token that its holder gives back: logout, and token revocation (RFC 7009 §2.1). */
export class EndByRefreshToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly endSessions: EndSessions,
  ) {}

  /**
   * A token that was used before ends its session as well: whoever has it wants no more of it.
   *
   * @returns `unknown` for what isn't a refresh token of ours, or whose session has ended;
   *   `other-client` when it was issued to another client: nothing is ended then
   */
  async run(text: string, clientId: string, actor: AuditActor): Promise<'ended' | 'unknown' | 'other-client'> {
    const presented = this.refreshTokens.parse(text);
    if (presented === undefined) return 'unknown';
    return this.db.transaction(async (tx) => {
      const session = await this.sessions.lock(tx, presented.sessionId);
      if (session === undefined) return 'unknown';
      const isKnown =
        session.refreshHash.equals(presented.hash) || session.previousRefreshHash?.equals(presented.hash) === true;
      if (!isKnown && !presented.genuine) return 'unknown';
      if (session.clientId !== clientId) return 'other-client';
      await this.endSessions.endByIdIn(tx, session.id, 'logout', actor);
      return 'ended';
    });
  }
}
