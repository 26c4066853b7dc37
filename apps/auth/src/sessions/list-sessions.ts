import type { AuthDatabase } from '../database/auth-database.js';
import type { SessionLifetime } from './session-lifetime.js';
import { type SessionPosition, sessionPosition } from './session-position.js';
import type { SessionStore } from './session-store.js';

/** A live session, in the responses for its owner and for administrators. */
export interface SessionView {
  /** `sid`. */
  readonly id: string;
  readonly clientId: string;
  readonly userAgent: string | null;
  readonly ip: string | null;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
}

export interface SessionPage<View extends SessionView = SessionView> {
  readonly sessions: readonly View[];
  /** The value of `after` for the next page; absent on the last page. */
  readonly next?: string;
}

/** Lists the live sessions of an account, most recently used first. */
export class ListSessions {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly lifetime: SessionLifetime,
  ) {}

  async page(accountId: string, limit: number, after?: SessionPosition): Promise<SessionPage> {
    const rows = await this.sessions.page(this.db, accountId, this.lifetime.now(), limit + 1, after);
    const views = rows.slice(0, limit).map((row) => ({
      id: row.sid,
      clientId: row.clientId,
      userAgent: row.userAgent,
      ip: row.ip,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    }));
    const last = views.at(-1);
    return rows.length > limit && last !== undefined
      ? { sessions: views, next: sessionPosition({ lastUsedAt: last.lastUsedAt, sid: last.id }) }
      : { sessions: views };
  }
}
