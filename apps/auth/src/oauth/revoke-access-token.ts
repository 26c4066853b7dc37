import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { OwnAccessToken } from './presented-access-tokens.js';

/** Revokes a single access token. */
export class RevokeAccessToken {
  constructor(
    private readonly db: AuthDatabase,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
  ) {}

  /** Does nothing if the token is already revoked. */
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
