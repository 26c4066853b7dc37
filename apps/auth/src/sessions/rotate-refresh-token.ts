import { Refusal } from '@watchword/platform';
import type { AuthDatabase, AuthQueries, AuthTransaction } from '../database/auth-database.js';
import type { DatabaseOutages } from '../database/database-outages.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { EndSessions } from './end-sessions.js';
import type { PresentedRefreshToken, RefreshTokens } from './refresh-tokens.js';
import type { RotationStore } from './rotation-store.js';
import type { SessionTokens, WantedToken } from './session-grant.js';
import type { SessionLifetime } from './session-lifetime.js';
import type { Session, SessionStore } from './session-store.js';

/**
 * Exchanges a refresh token for its successor and a new access token.
 *
 * Usually {@link RotationStore} does this in one statement. If several requests use the same token, one of them succeeds there. The
 * others are decided here, with a lock on the row of the session.
 */
export class RotateRefreshToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly rotations: RotationStore,
    private readonly refreshTokens: RefreshTokens,
    private readonly tokens: SessionTokens,
    private readonly lifetime: SessionLifetime,
    private readonly endSessions: EndSessions,
    private readonly outages: DatabaseOutages,
  ) {}

  /**
   * @param clientId the authenticated client that presents it
   * @throws Refusal `invalid_grant` (RFC 6749 §5.2) for any reason, or `invalid_scope`; then the token is not rotated
   */
  async run(text: string, clientId: string, wanted: WantedToken = {}): Promise<TokenResponse> {
    this.tokens.assertReady();
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

  /** @returns undefined if the token is not the current one of a live session of that client */
  private async rotate(
    db: AuthQueries,
    presented: PresentedRefreshToken,
    clientId: string,
    wanted: WantedToken,
  ): Promise<TokenResponse | undefined> {
    const { sessionId, hash: presentedHash } = presented;
    const { successor, nonce: successorNonce } = this.refreshTokens.next(presented);
    const tokensExpireAt = this.tokens.latestExpiry();
    const rotation = {
      sessionId,
      clientId,
      presentedHash,
      successorHash: successor.hash,
      successorNonce,
      tokensExpireAt,
    };
    const grant = await this.rotations.rotate(db, rotation, this.lifetime.now());
    return grant && this.tokens.respond(grant, successor.text, wanted);
  }

  /** Decides with a lock on the row of the session whether this is a repetition, a reuse, or an ended session. */
  private async resolveStaleToken(
    presented: PresentedRefreshToken,
    clientId: string,
    wanted: WantedToken,
  ): Promise<TokenResponse> {
    const repeated = await this.db.transaction(async (tx) => {
      const session = await this.sessions.lock(tx, presented.sessionId);
      if (session === undefined) return undefined;
      const isCurrent = session.refreshHash.equals(presented.hash);
      const isPrevious = session.previousRefreshHash?.equals(presented.hash) === true;
      if (!isCurrent && !isPrevious && !presented.genuine) return undefined;

      const isRepeat = isPrevious && this.lifetime.isInGrace(session);
      if (session.clientId !== clientId || (!isCurrent && !isRepeat)) {
        await this.endSessions.endByIdIn(tx, session.id, 'refresh-token-reuse', { type: 'client', id: clientId });
        return undefined;
      }
      if (!this.lifetime.isAlive(session)) return undefined;
      return isCurrent ? this.rotate(tx, presented, clientId, wanted) : this.repeat(tx, session, presented, wanted);
    });
    if (repeated === undefined) throw invalidGrant();
    return repeated;
  }

  /** Returns the same successor again, because a response may be lost, and a client may send two requests at the same time. */
  private async repeat(
    tx: AuthTransaction,
    { id, successorNonce, refreshHash }: Session,
    presented: PresentedRefreshToken,
    wanted: WantedToken,
  ): Promise<TokenResponse | undefined> {
    const successor =
      successorNonce === null
        ? undefined
        : this.refreshTokens.successorWithHash(presented, successorNonce, refreshHash);
    if (successor === undefined) return undefined;
    await this.sessions.noteTokenUntil(tx, id, this.tokens.latestExpiry());
    const grant = await this.sessions.grantOf(tx, id);
    return grant && this.tokens.respond(grant, successor.text, wanted);
  }
}

/** The same response for every reason, so that it reveals nothing. */
function invalidGrant(): Refusal {
  return new Refusal('invalid', 'invalid_grant', 'The refresh token is not valid');
}
