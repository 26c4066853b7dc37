import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor } from '../security-events/audit-log.js';
import type { EndSessions } from './end-sessions.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { SessionStore } from './session-store.js';

/** Ends the session of a refresh token: for logout, and for token revocation (RFC 7009 §2.1). */
export class EndByRefreshToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly endSessions: EndSessions,
  ) {}

  /**
   * A refresh token that was already used also ends its session.
   *
   * @returns `unknown` if it is not a refresh token of this issuer, or its session has ended; `other-client` if it was issued to
   *   another client, then nothing is ended
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
