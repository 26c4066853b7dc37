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
      const event = { type: 'token-revoked', value: tokenId } as const;
      if (await this.events.has(tx, event)) return;
      const target = { type: 'session', id: sessionId } as const;
      await this.audit.record(tx, { actor, action: 'token.revoke', target, detail: { jti: tokenId } });
      await this.events.append(tx, event, expiresAt * 1000);
    });
  }
}
