import { and, desc, eq, gt, inArray, isNull, max, ne, type SQL, sql } from 'drizzle-orm';
import type { AuthQueries, AuthTransaction } from '../database/auth-database.js';
import { newIdInSql } from '../database/new-id.js';
import { accounts, sessions } from '../database/schema/index.js';
import type { RevokedSessions } from '../security-events/security-event-log.js';
import type { SessionGrant } from './session-grant.js';
import type { SessionPosition } from './session-position.js';
import type { LiveSince } from './session-timing.js';

/** A row of the sessions, with the hash of its refresh token. */
export type Session = typeof sessions.$inferSelect;

/** Sessions of an account: all, the one with this `sid`, all except that one, or all except the most recently used ones. */
export type SessionsOfAccount =
  | { readonly accountId: string }
  | { readonly accountId: string; readonly sid: string }
  | { readonly accountId: string; readonly exceptSid: string }
  | { readonly accountId: string; readonly beyond: number; readonly liveSince: LiveSince };

/**
 * The columns of a {@link SessionGrant} for a statement on `sessions`: roles and scopes are read in the same statement that rotates
 * the refresh token.
 */
export const GRANT_COLUMNS = {
  sid: sessions.sid,
  accountId: sessions.accountId,
  clientId: sessions.clientId,
  authTime: sql<number>`floor(extract(epoch from sessions.created_at))::int`,
  roles: sql<string[]>`array(select role from account_roles where account_id = sessions.account_id order by role)`,
  scopes: sql<string[]>`array(
    select distinct scope from account_roles join role_scopes using (role)
    where account_id = sessions.account_id order by scope)`,
};

/** Stores the sessions. `RotationStore` has the statement that rotates their refresh tokens. */
export class SessionStore {
  async insert(tx: AuthTransaction, session: typeof sessions.$inferInsert): Promise<void> {
    await tx.insert(sessions).values(session);
  }

  /** Reads a session and locks it until the end of the transaction; undefined if there is none, or it has ended. */
  async lock(tx: AuthTransaction, id: string): Promise<Session | undefined> {
    const [session] = await tx.select().from(sessions).where(eq(sessions.id, id)).for('update');
    return session?.endedAt === null ? session : undefined;
  }

  /** The rights of the session; undefined if its account is disabled. */
  async grantOf(tx: AuthTransaction, id: string): Promise<SessionGrant | undefined> {
    const [grant] = await tx
      .select(GRANT_COLUMNS)
      .from(sessions)
      .innerJoin(accounts, and(eq(accounts.id, sessions.accountId), isNull(accounts.disabledAt)))
      .where(eq(sessions.id, id));
    return grant;
  }

  /** Records that the session has an access token that is valid until then, in milliseconds since the epoch. */
  async noteTokenUntil(tx: AuthTransaction, id: string, expiresAt: number): Promise<void> {
    const tokensExpireAt = sql`greatest(tokens_expire_at, ${new Date(expiresAt).toISOString()}::timestamptz)`;
    await tx.update(sessions).set({ tokensExpireAt }).where(eq(sessions.id, id));
  }

  /** The latest `exp` of the access tokens of an account, in milliseconds since the epoch. */
  async tokensExpireAt(tx: AuthTransaction, accountId: string): Promise<number | undefined> {
    const [latest] = await tx
      .select({ expiry: max(sessions.tokensExpireAt) })
      .from(sessions)
      .where(eq(sessions.accountId, accountId));
    return latest?.expiry?.getTime();
  }

  /** Live sessions, most recently used first. */
  page(
    db: AuthQueries,
    accountId: string,
    since: LiveSince,
    limit: number,
    after: SessionPosition | undefined,
  ): Promise<Session[]> {
    return db
      .select()
      .from(sessions)
      .where(
        and(
          eq(sessions.accountId, accountId),
          isLive(since),
          after && sql`(last_used_at, sid) < (${after.lastUsedAt}::timestamptz, ${after.sid}::uuid)`,
        ),
      )
      .orderBy(desc(sessions.lastUsedAt), desc(sessions.sid))
      .limit(limit);
  }

  /** Ends those sessions that have not ended. */
  end(tx: AuthTransaction, which: SessionsOfAccount | { readonly id: string }, at: number): Promise<RevokedSessions> {
    const ended = tx
      .update(sessions)
      .set({ endedAt: new Date(at), previousRefreshHash: null, successorNonce: null })
      .where(and('id' in which ? eq(sessions.id, which.id) : ofAccount(tx, which), isNull(sessions.endedAt)))
      .returning({ sid: sessions.sid, tokensExpireAt: sessions.tokensExpireAt });
    return revokedBy(tx, ended.getSQL());
  }

  /** Gives the sessions of an account, or of all that have a role, a new `sid`. */
  renewIds(
    tx: AuthTransaction,
    whose: { readonly accountId: string } | { readonly role: string },
    at: number,
  ): Promise<RevokedSessions> {
    const which =
      'role' in whose
        ? sql`account_id in (select account_id from account_roles where role = ${whose.role})`
        : sql`account_id = ${whose.accountId}`;
    return revokedBy(
      tx,
      sql`update sessions set sid = ${newIdInSql(at)} from (select id, sid from sessions where ${which}) old
        where sessions.id = old.id and sessions.sid = old.sid and ended_at is null
        returning old.sid, tokens_expire_at`,
    );
  }
}

function ofAccount(tx: AuthTransaction, which: SessionsOfAccount): SQL | undefined {
  const owned = eq(sessions.accountId, which.accountId);
  if ('sid' in which) return and(owned, eq(sessions.sid, which.sid));
  if ('exceptSid' in which) return and(owned, ne(sessions.sid, which.exceptSid));
  if (!('beyond' in which)) return owned;
  const surplus = tx
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(owned, isLive(which.liveSince)))
    .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
    .offset(which.beyond);
  return inArray(sessions.id, surplus);
}

function isLive({ now, usedAfter }: LiveSince): SQL | undefined {
  return and(
    isNull(sessions.endedAt),
    gt(sessions.expiresAt, new Date(now)),
    gt(sessions.lastUsedAt, new Date(usedAfter)),
  );
}

/** Runs a statement that returns the `sid` and `tokens_expire_at` of each session whose tokens it revokes. */
async function revokedBy(tx: AuthTransaction, statement: SQL): Promise<RevokedSessions> {
  const { rows } = await tx.execute<RevokedSessions & Record<string, unknown>>(sql`
    with revoked as (${statement})
    select count(*)::int as count, coalesce(string_agg(sid::text, ','), '') as sids,
      coalesce(string_agg(tokens_expire_at::text, ','), '') as "tokensExpireAt"
    from revoked`);
  const [revoked] = rows;
  if (revoked === undefined) throw new Error('An aggregate without a row');
  return revoked;
}
