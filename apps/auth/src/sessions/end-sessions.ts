import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { SessionsOfAccount, SessionStore } from './session-store.js';

/** Why a session ended, for the audit log. */
export type EndReason =
  | 'logout'
  | 'ended'
  | 'session-limit'
  | 'refresh-token-reuse'
  | 'password-changed'
  | 'password-reset'
  | 'account-disabled'
  | 'account-deleted'
  | 'account-recovered';

/** Ends sessions. Each end is recorded as a security event in the same transaction, before the response is sent. */
export class EndSessions {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns false if the account has no such session, or it has already ended */
  async endOne(accountId: string, sid: string, actor: AuditActor): Promise<boolean> {
    const ended = await this.db.transaction((tx) => this.endIn(tx, { accountId, sid }, 'ended', actor));
    return ended > 0;
  }

  /** @returns the number of ended sessions */
  endAll(accountId: string, actor: AuditActor): Promise<number> {
    return this.db.transaction((tx) => this.endAllIn(tx, accountId, 'ended', actor));
  }

  /** @returns the number of ended sessions */
  endOthers(accountId: string, exceptSid: string, actor: AuditActor): Promise<number> {
    return this.db.transaction((tx) => this.endIn(tx, { accountId, exceptSid }, 'ended', actor));
  }

  /** Call it as the last step of a transaction that changes the account. */
  endAllIn(tx: AuthTransaction, accountId: string, reason: EndReason, actor: AuditActor): Promise<number> {
    return this.endIn(tx, { accountId }, reason, actor);
  }

  /** Call it as the last step of a transaction that detected a stolen refresh token, or revokes the refresh token. */
  endByIdIn(tx: AuthTransaction, id: string, reason: EndReason, actor: AuditActor): Promise<number> {
    return this.endIn(tx, { id }, reason, actor);
  }

  /** Ends those sessions that have not ended. Call it as the last step of a transaction. */
  async endIn(
    tx: AuthTransaction,
    which: SessionsOfAccount | { readonly id: string },
    reason: EndReason,
    actor: AuditActor,
  ): Promise<number> {
    const ended = await this.sessions.end(tx, which, this.clock.now());
    if (ended.count === 0) return 0;
    await this.audit.recordForSessions(tx, { actor, action: 'session.end', detail: { reason } }, ended.sids);
    await this.events.appendSessions(tx, ended);
    return ended.count;
  }
}
