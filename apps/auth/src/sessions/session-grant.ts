import { Refusal } from '@watchword/platform';
import { ISSUER_AUDIENCE } from '../config/index.js';
import type { AccessTokenIssuer } from '../tokens/access-token-issuer.js';
import { type TokenResponse, tokenResponse } from '../tokens/token-response.js';
import type { Resource } from './requested-resource.js';

/** The current rights of a session. */
export interface SessionGrant {
  readonly sid: string;
  readonly accountId: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
}

/** The requested access token. */
export interface WantedToken {
  /** A subset of the scopes of the session (RFC 6749 §6). Default: all of them. */
  readonly scopes?: readonly string[] | undefined;
  /** Default: the services that people call directly. */
  readonly resource?: Resource | undefined;
}

/** Creates the token response for a session. */
export class SessionTokens {
  /** @param services the audience of a token without a requested resource; never the issuer */
  constructor(
    private readonly accessTokens: AccessTokenIssuer,
    private readonly services: readonly [string, ...string[]],
  ) {}

  /** @throws Refusal `temporarily_unavailable` if there is no key to sign with */
  assertReady(): void {
    this.accessTokens.assertReady();
  }

  /** The latest `exp` of an access token that is issued now, in milliseconds since the epoch. */
  latestExpiry(): number {
    return this.accessTokens.latestExpiry();
  }

  /** @throws Refusal `invalid_scope` if the session does not have a requested scope (RFC 6749 §6) */
  respond(grant: SessionGrant, refreshToken: string, wanted: WantedToken = {}): TokenResponse {
    const { scopes = grant.scopes, resource } = wanted;
    if (!scopes.every((scope) => grant.scopes.includes(scope))) {
      throw new Refusal('invalid', 'invalid_scope', 'The scope exceeds the scopes of the session');
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
