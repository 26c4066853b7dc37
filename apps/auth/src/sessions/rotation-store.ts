import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { AuthDatabase, AuthQueries } from '../database/auth-database.js';
import { accounts, sessions } from '../database/schema/index.js';
import type { SessionGrant } from './session-grant.js';
import { GRANT_COLUMNS } from './session-store.js';
import type { LiveSince } from './session-timing.js';

/** A refresh token that a client presents, and its successor. */
export interface Rotation {
  readonly sessionId: string;
  readonly clientId: string;
  readonly presentedHash: Buffer;
  readonly successorHash: Buffer;
  readonly successorNonce: Buffer;
  /** The latest `exp` of the access token that is issued with it, in milliseconds since the epoch. */
  readonly tokensExpireAt: number;
}

/**
 * Rotates a refresh token with a single UPDATE that checks the token, changes the row and returns the grant. Of any number of requests
 * with the same token, exactly one changes the row. Here the SQL statement is the algorithm: two statements with code in between would
 * need a lock.
 */
export class RotationStore {
  private readonly statement: ReturnType<typeof rotationStatement>;

  constructor(private readonly db: AuthDatabase) {
    this.statement = rotationStatement(db);
  }

  /** @returns undefined if the token is not the current one of a live session of that client */
  async rotate(db: AuthQueries, rotation: Rotation, since: LiveSince): Promise<SessionGrant | undefined> {
    const statement = db === this.db ? this.statement : rotationStatement(db);
    const [grant] = await statement.execute({
      id: rotation.sessionId,
      clientId: rotation.clientId,
      presented: rotation.presentedHash,
      successor: rotation.successorHash,
      nonce: rotation.successorNonce,
      now: instant(since.now),
      usedAfter: instant(since.usedAfter),
      tokensExpireAt: instant(rotation.tokensExpireAt),
    });
    return grant;
  }
}

/**
 * A prepared statement with a name, so that PostgreSQL keeps its plan.
 *
 * `seen` is the session at the start of the statement. If a concurrent change of roles has replaced the sid since then, the statement
 * would read the old roles. So it must not return the session in that case.
 */
function rotationStatement(db: AuthQueries) {
  const seen = alias(sessions, 'seen');
  const given = (name: string) => sql`${sql.placeholder(name)}`;
  const time = (name: string) => sql`${sql.placeholder(name)}::timestamptz`;
  return db
    .update(sessions)
    .set({
      refreshHash: given('successor'),
      previousRefreshHash: given('presented'),
      successorNonce: given('nonce'),
      rotatedAt: time('now'),
      lastUsedAt: time('now'),
      tokensExpireAt: sql`greatest(sessions.tokens_expire_at, ${time('tokensExpireAt')})`,
    })
    .from(accounts)
    .innerJoin(seen, sql`true`)
    .where(
      and(
        eq(sessions.id, given('id')),
        eq(sessions.refreshHash, given('presented')),
        eq(sessions.clientId, given('clientId')),
        isNull(sessions.endedAt),
        gt(sessions.expiresAt, time('now')),
        gt(sessions.lastUsedAt, time('usedAfter')),
        eq(seen.id, sessions.id),
        eq(seen.sid, sessions.sid),
        eq(accounts.id, sessions.accountId),
        isNull(accounts.disabledAt),
      ),
    )
    .returning(GRANT_COLUMNS)
    .prepare('rotate_refresh_token');
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
