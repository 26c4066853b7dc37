import { type Clock } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import { eq, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { AuthDatabase, AuthQueries, AuthTransaction } from '../database/auth-database.js';
import { sessions } from '../database/schema/index.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { EndSessions } from './end-sessions.js';
import { type PresentedRefreshToken, type RefreshTokens, SUCCESSOR_NONCE_BYTES } from './refresh-tokens.js';
import { SESSION_GRANT_COLUMNS, type SessionGrant, type SessionTokens } from './session-grant.js';
import type { SessionTiming } from './session-timing.js';

type Session = typeof sessions.$inferSelect;
type Row = SessionGrant & Record<string, unknown>;

/**
 * Exchanges a refresh token for its successor and a new access token.
 *
 * The usual way is one UPDATE that is at once the check, the rotation and the answer: of any number of requests with
 * one token it changes the row for exactly one. All others find it changed, and are judged with the row locked.
 */
export class RotateRefreshToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly refreshTokens: RefreshTokens,
    private readonly accessTokens: AccessTokenIssuer,
    private readonly tokens: SessionTokens,
    private readonly endSessions: EndSessions,
    private readonly timing: SessionTiming,
    private readonly clock: Clock,
  ) {}

  /**
   * @param clientId who presents it, authenticated
   * @param scopes fewer than the session has (RFC 6749 §6); left out: all of them
   * @throws ProblemError `invalid_grant` (RFC 6749 §5.2), whatever the reason, or `invalid_scope`, which rotates nothing
   */
  async run(text: string, clientId: string, scopes?: readonly string[]): Promise<TokenResponse> {
    this.accessTokens.assertReady();
    const presented = this.refreshTokens.parse(text);
    if (presented === undefined) throw invalidGrant();
    const rotated =
      scopes === undefined
        ? await this.rotate(this.db, presented, clientId)
        : await this.db.transaction((tx) => this.rotate(tx, presented, clientId, scopes));
    return rotated ?? (await this.judge(presented, clientId, scopes));
  }

  /**
   * `seen` is the session as it was when the statement began. Where a change of roles came in between, which replaces the
   * sid, the roles that the statement reads are the old ones: it must not answer then, and {@link judge} tries again.
   *
   * @returns undefined when the token isn't the current one of a live session of that client
   */
  private async rotate(
    db: AuthQueries,
    presented: PresentedRefreshToken,
    clientId: string,
    scopes?: readonly string[],
  ): Promise<TokenResponse | undefined> {
    const now = this.clock.now();
    const nonce = randomBytes(SUCCESSOR_NONCE_BYTES);
    const successor = this.refreshTokens.successor(presented, nonce);
    const { rows } = await db.execute<Row>(sql`
      update sessions set
        refresh_hash = ${successor.hash}, previous_refresh_hash = ${presented.hash}, successor_nonce = ${nonce},
        rotated_at = ${instant(now)}, last_used_at = ${instant(now)},
        tokens_expire_at = greatest(sessions.tokens_expire_at, ${instant(this.accessTokens.latestExpiry())})
      from accounts, sessions as seen
      where sessions.id = ${presented.sessionId} and sessions.refresh_hash = ${presented.hash}
        and sessions.client_id = ${clientId} and sessions.ended_at is null
        and sessions.expires_at > ${instant(now)} and sessions.last_used_at > ${instant(now - this.timing.idle)}
        and seen.id = sessions.id and seen.sid = sessions.sid
        and accounts.id = sessions.account_id and accounts.disabled_at is null
      returning ${SESSION_GRANT_COLUMNS}`);
    const [grant] = rows;
    return grant === undefined ? undefined : this.tokens.respond(grant, successor.text, scopes);
  }

  /** Repeat, reuse, or simply over: decided with the session's row locked. */
  private async judge(
    presented: PresentedRefreshToken,
    clientId: string,
    scopes: readonly string[] | undefined,
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
      return isCurrent ? this.rotate(tx, presented, clientId, scopes) : this.repeat(tx, session, presented, scopes);
    });
    if (repeated === undefined) throw invalidGrant();
    return repeated;
  }

  /** The same successor again: a response may be lost, and a client may ask twice at once. */
  private async repeat(
    tx: AuthTransaction,
    session: Session,
    presented: PresentedRefreshToken,
    scopes: readonly string[] | undefined,
  ): Promise<TokenResponse | undefined> {
    const successor =
      session.successorNonce === null
        ? undefined
        : this.refreshTokens.successorWithHash(presented, session.successorNonce, session.refreshHash);
    if (successor === undefined) return undefined;
    const { rows } = await tx.execute<Row>(sql`
      update sessions set tokens_expire_at = greatest(tokens_expire_at, ${instant(this.accessTokens.latestExpiry())})
      from accounts
      where sessions.id = ${session.id} and accounts.id = account_id and accounts.disabled_at is null
      returning ${SESSION_GRANT_COLUMNS}`);
    const [grant] = rows;
    return grant === undefined ? undefined : this.tokens.respond(grant, successor.text, scopes);
  }

  private isInGrace({ rotatedAt }: Session): boolean {
    return rotatedAt !== null && this.clock.now() < rotatedAt.getTime() + this.timing.grace;
  }

  private isAlive({ expiresAt, lastUsedAt }: Session): boolean {
    const now = this.clock.now();
    return expiresAt.getTime() > now && lastUsedAt.getTime() > now - this.timing.idle;
  }
}

function instant(milliseconds: number) {
  return sql`${new Date(milliseconds).toISOString()}::timestamptz`;
}

/** One answer for every reason: which it was is none of the presenter's business. */
function invalidGrant(): ProblemError {
  return new ProblemError(400, 'invalid_grant', 'The refresh token is not valid');
}
