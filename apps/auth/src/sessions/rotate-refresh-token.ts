import { type Clock } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { randomBytes } from 'node:crypto';
import type { AuthDatabase, AuthQueries, AuthTransaction } from '../database/auth-database.js';
import type { DatabaseOutages } from '../database/database-outages.js';
import { accounts, sessions } from '../database/schema/index.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { EndSessions } from './end-sessions.js';
import { type PresentedRefreshToken, type RefreshTokens, SUCCESSOR_NONCE_BYTES } from './refresh-tokens.js';
import { SESSION_GRANT, type SessionTokens, type WantedToken } from './session-grant.js';
import type { SessionTiming } from './session-timing.js';

type Session = typeof sessions.$inferSelect;

/** Milliseconds without a database by which the grace grows at most. */
const LONGEST_OUTAGE = 900_000;

/**
 * Exchanges a refresh token for its successor and a new access token.
 *
 * The usual way is one UPDATE that is at once the check, the rotation and the answer: of any number of requests with
 * one token it changes the row for exactly one. All others find it changed, and are decided with the row locked.
 */
export class RotateRefreshToken {
  private readonly rotation: ReturnType<typeof rotationStatement>;

  constructor(
    private readonly db: AuthDatabase,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly tokens: SessionTokens,
    private readonly endSessions: EndSessions,
    private readonly outages: DatabaseOutages,
    private readonly timing: SessionTiming,
    private readonly clock: Clock,
  ) {
    this.rotation = rotationStatement(db);
  }

  /**
   * @param clientId who presents it, authenticated
   * @throws ProblemError `invalid_grant` (RFC 6749 §5.2), whatever the reason, or `invalid_scope`, which rotates nothing
   */
  async run(text: string, clientId: string, wanted: WantedToken = {}): Promise<TokenResponse> {
    this.accessTokens.assertReady();
    const presented = this.refreshTokens.parse(text);
    if (presented === undefined) throw invalidGrant();
    return this.outages.observe(() => this.use(presented, clientId, wanted));
  }

  private async use(presented: PresentedRefreshToken, clientId: string, wanted: WantedToken): Promise<TokenResponse> {
    const rotated =
      wanted.scopes === undefined
        ? await this.rotate(this.db, presented, clientId, wanted)
        : await this.db.transaction((tx) => this.rotate(tx, presented, clientId, wanted));
    return rotated ?? (await this.resolveStaleToken(presented, clientId, wanted));
  }

  /** @returns undefined when the token isn't the current one of a live session of that client */
  private async rotate(
    db: AuthQueries,
    presented: PresentedRefreshToken,
    clientId: string,
    wanted: WantedToken,
  ): Promise<TokenResponse | undefined> {
    const now = this.clock.now();
    const nonce = randomBytes(SUCCESSOR_NONCE_BYTES);
    const successor = this.refreshTokens.successor(presented, nonce);
    const statement = db === this.db ? this.rotation : rotationStatement(db);
    const [grant] = await statement.execute({
      id: presented.sessionId,
      presented: presented.hash,
      successor: successor.hash,
      nonce,
      clientId,
      now: instant(now),
      idleSince: instant(now - this.timing.idle),
      tokensExpireAt: instant(this.accessTokens.latestExpiry()),
    });
    return grant === undefined ? undefined : this.tokens.respond(grant, successor.text, wanted);
  }

  /** Repeat, reuse, or simply over: decided with the session's row locked. */
  private async resolveStaleToken(
    presented: PresentedRefreshToken,
    clientId: string,
    wanted: WantedToken,
  ): Promise<TokenResponse> {
    const repeated = await this.db.transaction(async (tx) => {
      const [session] = await tx.select().from(sessions).where(eq(sessions.id, presented.sessionId)).for('update');
      if (session === undefined || session.endedAt !== null) return undefined;
      const isCurrent = session.refreshHash.equals(presented.hash);
      const isPrevious = session.previousRefreshHash?.equals(presented.hash) === true;
      if (!isCurrent && !isPrevious && !presented.genuine) return undefined;

      const misused = session.clientId !== clientId || (!isCurrent && !(isPrevious && this.isInGrace(session)));
      if (misused) {
        await this.endSessions.endByIdIn(tx, session.id, 'refresh-token-reuse', { type: 'client', id: clientId });
        return undefined;
      }
      if (!this.isAlive(session)) return undefined;
      return isCurrent ? this.rotate(tx, presented, clientId, wanted) : this.repeat(tx, session, presented, wanted);
    });
    if (repeated === undefined) throw invalidGrant();
    return repeated;
  }

  /** The same successor again: a response may be lost, and a client may ask twice at once. */
  private async repeat(
    tx: AuthTransaction,
    session: Session,
    presented: PresentedRefreshToken,
    wanted: WantedToken,
  ): Promise<TokenResponse | undefined> {
    const successor =
      session.successorNonce === null
        ? undefined
        : this.refreshTokens.successorWithHash(presented, session.successorNonce, session.refreshHash);
    if (successor === undefined) return undefined;
    const end = sql`greatest(tokens_expire_at, ${instant(this.accessTokens.latestExpiry())}::timestamptz)`;
    await tx.update(sessions).set({ tokensExpireAt: end }).where(eq(sessions.id, session.id));
    const [grant] = await tx
      .select(SESSION_GRANT)
      .from(sessions)
      .innerJoin(accounts, and(eq(accounts.id, sessions.accountId), isNull(accounts.disabledAt)))
      .where(eq(sessions.id, session.id));
    return grant === undefined ? undefined : this.tokens.respond(grant, successor.text, wanted);
  }

  /** Time without a database does not count: an answer was lost then, and whoever asked again was told to wait (ADR 13). */
  private isInGrace({ rotatedAt }: Session): boolean {
    if (rotatedAt === null) return false;
    const now = this.clock.now();
    const outage = Math.min(this.outages.during(rotatedAt.getTime(), now), LONGEST_OUTAGE);
    return now < rotatedAt.getTime() + this.timing.grace + (this.timing.grace > 0 ? outage : 0);
  }

  private isAlive({ expiresAt, lastUsedAt }: Session): boolean {
    const now = this.clock.now();
    return expiresAt.getTime() > now && lastUsedAt.getTime() > now - this.timing.idle;
  }
}

/**
 * Check, rotation and answer in one. It has a name, under which PostgreSQL keeps its plan.
 *
 * `seen` is the session as it was when the statement began. Where a change of roles came in between, which replaces the
 * sid, the roles that the statement reads are the old ones: it must not answer then.
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
        gt(sessions.lastUsedAt, time('idleSince')),
        eq(seen.id, sessions.id),
        eq(seen.sid, sessions.sid),
        eq(accounts.id, sessions.accountId),
        isNull(accounts.disabledAt),
      ),
    )
    .returning(SESSION_GRANT)
    .prepare('rotate_refresh_token');
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** One answer for every reason: which it was is none of the presenter's business. */
function invalidGrant(): ProblemError {
  return new ProblemError(400, 'invalid_grant', 'The refresh token is not valid');
}
