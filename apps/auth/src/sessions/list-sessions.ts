import type { Clock } from '@watchword/auth';
import { and, desc, eq, gt, isNull } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { sessions } from '../database/schema/index.js';
import type { SessionTiming } from './session-timing.js';

/** A live session, as its owner and administrators see it. */
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

/** The live sessions of an account, the last used first. */
export class ListSessions {
  constructor(
    private readonly db: AuthDatabase,
    private readonly timing: SessionTiming,
    private readonly clock: Clock,
  ) {}

  async run(accountId: string): Promise<SessionView[]> {
    const now = this.clock.now();
    const rows = await this.db
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.accountId, accountId),
          isNull(sessions.endedAt),
          gt(sessions.expiresAt, new Date(now)),
          gt(sessions.lastUsedAt, new Date(now - this.timing.idle)),
        ),
      )
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.id));
    return rows.map((row) => ({
      id: row.sid,
      clientId: row.clientId,
      userAgent: row.userAgent,
      ip: row.ip,
      createdAt: row.createdAt.toISOString(),
      lastUsedAt: row.lastUsedAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    }));
  }
}
