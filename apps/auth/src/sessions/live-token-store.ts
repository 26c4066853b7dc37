import type { Clock, VerifiedToken } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { isUuid } from '../database/is-uuid.js';
import { GRANT_COLUMNS } from './session-store.js';

/** The current session of a token in the database. The claims of the token can be out of date. */
export interface LiveSession {
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** When the person logged in, in seconds since the epoch; null for a credential of a client. */
  readonly authTime: number | null;
}

/** Checks whether valid tokens were revoked. The issuer asks the database, so revocations by other instances take effect at once. */
export class LiveTokenStore {
  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /**
   * The session of the token (a session of a person, or a credential of a client), if it is live and nothing was revoked: the session,
   * the token itself, the client that obtained it, and the key that signed it.
   */
  async find({
    sessionId,
    subject,
    tokenId,
    keyId,
    clientId,
    issuedAt,
  }: VerifiedToken): Promise<LiveSession | undefined> {
    if (sessionId === undefined || !isUuid(sessionId)) return undefined;
    const { rows } = await this.db.execute<LiveSession & Record<string, unknown>>(sql`
      select roles, scopes, "authTime" from (
        select ${GRANT_COLUMNS.roles} as roles, ${GRANT_COLUMNS.scopes} as scopes, ${GRANT_COLUMNS.authTime} as "authTime"
        from sessions join accounts on accounts.id = account_id
        where sid = ${sessionId}::uuid and account_id::text = ${subject} and ended_at is null
          and expires_at > ${new Date(this.clock.now()).toISOString()}::timestamptz and accounts.disabled_at is null
        union all
        select array[]::text[], scopes, null from clients
        where id = ${subject} and ${sessionId}::uuid in (secret_sid, previous_secret_sid, jwks_sid)
          and disabled_at is null
      ) live where not exists (
        select 1 from security_events
        where (type, value) in (
          ('session-revoked', ${sessionId}), ('token-revoked', ${tokenId}), ('key-revoked', ${keyId}))
          or (type = 'client-revoked' and value = ${clientId} and value <> ${subject}
            and issued_before > to_timestamp(${issuedAt}::float8))
      )`);
    return rows[0];
  }
}
