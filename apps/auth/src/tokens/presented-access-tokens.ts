import { AuthError, type TokenVerifier, type VerifiedToken } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import type { LiveTokens } from '../sessions/live-tokens.js';

/** An access token of this issuer, whatever service it is for. */
export type OwnAccessToken = VerifiedToken & { readonly sessionId: string };

/**
 * Access tokens that come back to their issuer. Verified as every service does it, except that the issuer takes those
 * of every audience: by `audience` the caller decides who may do what with the token.
 */
export class PresentedAccessTokens {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly liveTokens: LiveTokens,
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

  /** As {@link find}, and nothing that it depends on was revoked. */
  async findActive(token: string): Promise<OwnAccessToken | undefined> {
    const verified = await this.find(token);
    return verified !== undefined && (await this.liveTokens.isLive(verified)) ? verified : undefined;
  }
}

/** Our own tokens have a list (contracts.md). */
function audienceOf({ claims }: VerifiedToken): readonly string[] {
  return claims['aud'] as readonly string[];
}

function hasSession(token: VerifiedToken): token is OwnAccessToken {
  return token.sessionId !== undefined;
}
