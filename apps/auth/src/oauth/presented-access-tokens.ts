import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { AuthError, type TokenVerifier, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { LiveSession, LiveTokenStore } from '../sessions/live-token-store.js';

/** An access token of this issuer, for any audience. */
export type OwnAccessToken = VerifiedToken & { readonly sessionId: string };

/**
 * Access tokens that are presented to their issuer. They are verified as in every service, but for any audience: the calling endpoint
 * decides by `audience` who may do what with the token.
 */
export class PresentedAccessTokens implements OnModuleInit, OnModuleDestroy {
  constructor(
    private readonly verifiers: readonly TokenVerifier[],
    private readonly liveTokens: LiveTokenStore,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const verifier of this.verifiers) await verifier.start();
  }

  onModuleDestroy(): void {
    for (const verifier of this.verifiers) verifier.stop();
  }

  /**
   * @returns undefined if it is not a valid token of this issuer
   * @throws Refusal `temporarily_unavailable` if it cannot be verified now
   */
  async find(token: string): Promise<OwnAccessToken | undefined> {
    for (const verifier of this.verifiers) {
      const verified = await this.verifiedBy(verifier, token);
      if (verified !== undefined) return verified;
    }
    return undefined;
  }

  /** Like {@link find}, but the token is also not revoked, and its roles and scopes are limited to those that its subject has now. */
  async findActive(token: string): Promise<OwnAccessToken | undefined> {
    const verified = await this.find(token);
    const session = verified && (await this.liveTokens.find(verified));
    return verified && session && within(verified, session);
  }

  private async verifiedBy(verifier: TokenVerifier, token: string): Promise<OwnAccessToken | undefined> {
    try {
      const verified = await verifier.verify(token);
      return hasSession(verified) ? { ...verified, audience: audienceOf(verified) } : undefined;
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      if (error.code !== 'keys_unavailable') return undefined;
      throw new Refusal('unavailable', 'temporarily_unavailable', 'Tokens cannot be verified right now', {
        cause: error,
      });
    }
  }
}

/**
 * Limits the roles and scopes of the token to those in the database. In shared-secret mode every service can sign tokens, and must not
 * get more rights confirmed or exchanged than the subject has.
 */
function within(token: OwnAccessToken, session: LiveSession): OwnAccessToken {
  const scopes = session.scopes.filter((scope) => token.scopes.has(scope));
  const roles = session.roles.filter((role) => token.roles.has(role));
  const { scope: _scope, roles: claimedRoles, ...claims } = token.claims;
  return {
    ...token,
    scopes: new Set(scopes),
    roles: new Set(roles),
    claims: {
      ...claims,
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
      ...(claimedRoles !== undefined && { roles }),
    },
  };
}

/** In our own tokens, `aud` is always a list. */
function audienceOf({ claims }: VerifiedToken): readonly string[] {
  return claims['aud'] as readonly string[];
}

function hasSession(token: VerifiedToken): token is OwnAccessToken {
  return token.sessionId !== undefined;
}
