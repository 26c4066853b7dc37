import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AuthError, CallerContext } from '@watchword/auth';
import { DATABASE, ProblemError } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';

/**
 * Lets only a person's own live session in: the issuer knows at once when a session has ended, and answers accordingly.
 * What a service does in somebody's name (`act`) never reaches a person's account settings.
 */
@Injectable()
export class LiveSessionGuard implements CanActivate {
  constructor(
    @Inject(DATABASE) private readonly db: AuthDatabase,
    private readonly caller: CallerContext,
  ) {}

  async canActivate(_context: ExecutionContext): Promise<boolean> {
    const token = this.caller.current()?.verified;
    if (token === undefined) throw new AuthError('credentials_missing');
    if (token.actor !== undefined || token.sessionId === undefined) throw firstPartyOnly();
    const { rows } = await this.db.execute(sql`
      select 1 from sessions join accounts on accounts.id = account_id
      where sid = ${token.sessionId} and account_id = ${token.subject}
        and ended_at is null and accounts.disabled_at is null`);
    if (rows.length === 0) throw new AuthError('token_revoked', { reason: 'its session has ended' });
    return true;
  }
}

function firstPartyOnly(): ProblemError {
  return new ProblemError(403, 'first_party_only', 'Only the person themselves may do this');
}
