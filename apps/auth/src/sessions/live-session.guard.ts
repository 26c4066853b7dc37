import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthError, CallerContext } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import { isClientId } from '../clients/client-identifier.js';
import { LiveTokens } from './live-tokens.js';

/**
 * Lets only a person's own live session in: the issuer knows at once when a session has ended, and answers accordingly.
 * What a service does in its own name, or in somebody's (`act`), never reaches a person's account settings.
 */
@Injectable()
export class LiveSessionGuard implements CanActivate {
  constructor(
    private readonly liveTokens: LiveTokens,
    private readonly caller: CallerContext,
  ) {}

  async canActivate(_context: ExecutionContext): Promise<boolean> {
    const token = this.caller.current()?.verified;
    if (token === undefined) throw new AuthError('credentials_missing');
    if (token.actor !== undefined || isClientId(token.subject)) throw firstPartyOnly();
    if (!(await this.liveTokens.isLive(token))) {
      throw new AuthError('token_revoked', { reason: 'it was revoked, or its session has ended' });
    }
    return true;
  }
}

function firstPartyOnly(): ProblemError {
  return new ProblemError(403, 'first_party_only', 'Only the person themselves may do this');
}
