import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthError, CallerContext } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { isClientId } from '../clients/client-identifier.js';
import { mixesIssuerAudience } from '../config/index.js';
import { keepSession } from './current-session.js';
import { LiveTokenStore } from './live-token-store.js';

/**
 * Lets only a person's own live session in: the issuer knows at once when a session has ended, and answers accordingly.
 * What a service does in its own name, or in somebody's (`act`), never reaches a person's account settings.
 *
 * Roles and scopes are those of the database. What the token says of them is the word of whoever holds a signing key, and
 * in shared-secret mode every service does.
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
      throw new AuthError('audience_mismatch', { reason: 'it is for services too, which could use it here' });
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
  return new Refusal('forbidden', 'first_party_only', 'Only the person themselves may do this');
}
