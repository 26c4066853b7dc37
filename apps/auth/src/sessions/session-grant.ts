import { ProblemError } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import { sessions } from '../database/schema/index.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { type TokenResponse, tokenResponse } from '../tokens/token-response.js';

/** What a session entitles its holder to, as of now. */
export interface SessionGrant {
  readonly sid: string;
  readonly accountId: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * What a statement in which `sessions` is the session selects or returns for a {@link SessionGrant}:
 * roles and scopes are read in the statement that lets the session go on.
 */
export const SESSION_GRANT = {
  sid: sessions.sid,
  accountId: sessions.accountId,
  clientId: sessions.clientId,
  authTime: sql<number>`floor(extract(epoch from sessions.created_at))::int`,
  roles: sql<string[]>`array(select role from account_roles where account_id = sessions.account_id order by role)`,
  scopes: sql<string[]>`array(
    select distinct scope from account_roles join role_scopes using (role)
    where account_id = sessions.account_id order by scope)`,
};

/** Turns what a session entitles to into tokens. */
export class SessionTokens {
  constructor(
    private readonly accessTokens: AccessTokenIssuer,
    private readonly audience: readonly [string, ...string[]],
  ) {}

  /**
   * @param scopes fewer than the session has; left out: all of them
   * @throws ProblemError `invalid_scope` when one of them isn't the session's (RFC 6749 §6)
   */
  respond(grant: SessionGrant, refreshToken: string, scopes: readonly string[] = grant.scopes): TokenResponse {
    if (!scopes.every((scope) => grant.scopes.includes(scope))) {
      throw new ProblemError(400, 'invalid_scope', 'The scope exceeds what the session has');
    }
    const issued = this.accessTokens.issue({
      subject: grant.accountId,
      clientId: grant.clientId,
      sessionId: grant.sid,
      audience: this.audience,
      scopes,
      roles: grant.roles,
      authentication: { time: grant.authTime, methods: ['pwd'] },
    });
    return tokenResponse(issued, refreshToken);
  }
}
