import { Refusal } from '@watchword/platform';
import { ISSUER_AUDIENCE } from '../config/index.js';
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

  /** @throws Refusal `temporarily_unavailable` when there is nothing to sign with */
  assertReady(): void {
    this.accessTokens.assertReady();
  }

  /** Latest `exp` of an access token that is made now, in milliseconds since the epoch. */
  latestExpiry(): number {
    return this.accessTokens.latestExpiry();
  }

  /** @throws Refusal `invalid_scope` when a scope isn't the session's (RFC 6749 §6) */
  respond(grant: SessionGrant, refreshToken: string, wanted: WantedToken = {}): TokenResponse {
    const { scopes = grant.scopes, resource } = wanted;
    if (!scopes.every((scope) => grant.scopes.includes(scope))) {
      throw new Refusal('invalid', 'invalid_scope', 'The scope exceeds what the session has');
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
