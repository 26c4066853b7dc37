import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthError, CallerContext } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { isClientId } from '../clients/client-identifier.js';
import { mixesIssuerAudience } from '../config/index.js';
import { keepSession } from './current-session.js';
import { LiveTokenStore } from './live-token-store.js';

/**
 * Allows only a person with a live session. The issuer checks the session in the database, so a revocation takes effect at once.
 * Services cannot use these endpoints, neither with their own tokens nor for a person (`act`).
 *
 * Roles and scopes are read from the database. Those in the token are not trusted, because in shared-secret mode every service can sign
 * tokens.
 */
@Injectable()
export class LiveSessionGuard implements CanActivate {
  constructor(
    private readonly liveTokens: LiveTokenStore,
    private readonly caller: CallerContext,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const token = this.caller.current()?.verified;
    if (token === undefined) throw new AuthError('credentials_missing');
    if (mixesIssuerAudience(token.audience)) {
      throw new AuthError('audience_mismatch', { reason: 'it is also for services, which could use it here' });
    }
    if (token.actor !== undefined || isClientId(token.subject)) throw firstPartyOnly();
    const session = await this.liveTokens.find(token);
    if (session === undefined) {
      throw new AuthError('token_revoked', { reason: 'it was revoked, or its session has ended' });
    }
    keepSession(context, session);
    return true;
  }
}

function firstPartyOnly(): Refusal {
  return new Refusal('forbidden', 'first_party_only', 'Only the person can do this, and no service');
}
