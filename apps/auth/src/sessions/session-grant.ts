import { ProblemError } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import { ISSUER_AUDIENCE } from '../config/index.js';
import { sessions } from '../database/schema/index.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { type TokenResponse, tokenResponse } from '../tokens/token-response.js';
import type { Resource } from './requested-resource.js';

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

/** What the holder of a session wants of its next access token. */
export interface WantedToken {
  /** Fewer than the session has (RFC 6749 §6). Default: all of them. */
  readonly scopes?: readonly string[] | undefined;
  /** Default: the services that people call themselves. */
  readonly resource?: Resource | undefined;
}

/** Turns what a session entitles to into tokens. */
export class SessionTokens {
  /** @param services the audience of a token for which no resource was named; never the issuer */
  constructor(
    private readonly accessTokens: AccessTokenIssuer,
    private readonly services: readonly [string, ...string[]],
  ) {}

  /** @throws ProblemError `invalid_scope` when a scope isn't the session's (RFC 6749 §6) */
  respond(grant: SessionGrant, refreshToken: string, wanted: WantedToken = {}): TokenResponse {
    const { scopes = grant.scopes, resource } = wanted;
    if (!scopes.every((scope) => grant.scopes.includes(scope))) {
      throw new ProblemError(400, 'invalid_scope', 'The scope exceeds what the session has');
    }
    const issued = this.accessTokens.issue({
      subject: grant.accountId,
      clientId: grant.clientId,
      sessionId: grant.sid,
      audience: resource === ISSUER_AUDIENCE ? [ISSUER_AUDIENCE] : this.services,
      scopes,
      roles: grant.roles,
      authentication: { time: grant.authTime, methods: ['pwd'] },
    });
    return tokenResponse(issued, refreshToken);
  }
}
