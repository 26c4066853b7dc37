import { sql } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { OwnAccessToken } from './presented-access-tokens.js';

/** Revokes one access token, and nothing beside it. */
export class RevokeAccessToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
  ) {}

  /** Does nothing for a token that was revoked before. */
  async run({ tokenId, sessionId, expiresAt }: OwnAccessToken, actor: AuditActor): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { rows } = await tx.execute(
        sql`select 1 from security_events where value = ${tokenId} and type = 'token-revoked'`,
      );
      if (rows.length > 0) return;
      const target = { type: 'session', id: sessionId } as const;
      await this.audit.record(tx, { actor, action: 'token.revoke', target, detail: { jti: tokenId } });
      await this.events.append(tx, { type: 'token-revoked', value: tokenId }, expiresAt * 1000);
    });
  }
}
