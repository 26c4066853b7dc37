import { AuthError, type Clock, type TokenVerifier, type VerifiedToken } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';

/** An access token of this issuer, whatever service it is for. */
export type OwnAccessToken = VerifiedToken & { readonly sessionId: string };

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Access tokens that come back to their issuer. Verified as every service does it, except that the issuer takes those
 * of every audience: by `audience` the caller decides who may do what with the token.
 */
export class PresentedAccessTokens {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns undefined when it is not a valid token of this issuer
   * @throws ProblemError `temporarily_unavailable` when that can't be told
   */
  async find(token: string): Promise<OwnAccessToken | undefined> {
    try {
      const verified = await this.verifier.verify(token);
      return hasSession(verified) ? { ...verified, audience: audienceOf(verified) } : undefined;
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      if (error.code !== 'keys_unavailable') return undefined;
      throw new ProblemError(503, 'temporarily_unavailable', 'Tokens can not be verified right now', { cause: error });
    }
  }

  /** As {@link find}, and neither the token nor the session that it belongs to was revoked. */
  async findActive(token: string): Promise<OwnAccessToken | undefined> {
    const verified = await this.find(token);
    return verified !== undefined && (await this.isLive(verified)) ? verified : undefined;
  }

  /** The session is a person's, or a credential of the client that the token is about. */
  private async isLive({ sessionId, subject, tokenId }: OwnAccessToken): Promise<boolean> {
    const { rows } = await this.db.execute(sql`
      select 1 where (
        exists (
          select 1 from sessions join accounts on accounts.id = account_id
          where sid = ${sessionId}::uuid and account_id::text = ${subject} and ended_at is null
            and expires_at > ${new Date(this.clock.now()).toISOString()}::timestamptz and accounts.disabled_at is null
        ) or exists (
          select 1 from clients
          where id = ${subject} and ${sessionId}::uuid in (secret_sid, previous_secret_sid, jwks_sid)
            and disabled_at is null
        )
      ) and not exists (
        select 1 from security_events
        where value in (${sessionId}, ${tokenId}) and type in ('session-revoked', 'token-revoked')
      )`);
    return rows.length > 0;
  }
}

/** Our own tokens have a list (contracts.md). */
function audienceOf({ claims }: VerifiedToken): readonly string[] {
  return claims['aud'] as readonly string[];
}

function hasSession(token: VerifiedToken): token is OwnAccessToken {
  return token.sessionId !== undefined && UUID.test(token.sessionId);
}
