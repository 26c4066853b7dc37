import type { Clock, VerifiedToken } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { isUuid } from '../database/is-uuid.js';

/** Whether tokens that verify still count. The issuer asks the database: what was revoked elsewhere counts at once. */
export class LiveTokens {
  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * Whether the token's session goes on (a person's, or a credential of the client that the token is about), and
   * nothing that it depends on was revoked: the session, the token itself, the key that it is signed with.
   */
  async isLive({ sessionId, subject, tokenId, keyId }: VerifiedToken): Promise<boolean> {
    if (sessionId === undefined || !isUuid(sessionId)) return false;
    const { rows } = await this.db.execute(sql`
      select 1 where (
        exists (
          select 1 from sessions join accounts on accounts.id = account_id
          where sid = ${sessionId}::uuid and account_id::text = ${subject} and ended_at is null
            and expires_at > ${new Date(this.clock.now()).toISOString()}::timestamptz and accounts.disabled_at is null
        ) or exists (
          select 1 from clients
          where id = ${subject} and ${sessionId}::uuid in (secret_sid, previous_secret_sid, jwks_sid)
            and disabled_at is null
        )
      ) and not exists (
        select 1 from security_events
        where (type, value) in (
          ('session-revoked', ${sessionId}), ('token-revoked', ${tokenId}), ('key-revoked', ${keyId}))
      )`);
    return rows.length > 0;
  }
}
