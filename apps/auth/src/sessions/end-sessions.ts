import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../database/auth-database.js';
import type { AuditActor, AuditLog } from '../security-events/audit-log.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import type { SessionsOfAccount, SessionStore } from './session-store.js';

/** Why a session ended; kept in the audit log. */
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

/** Ends sessions. Each end is logged as a security event in the same transaction, before the answer goes out. */
export class EndSessions {
  constructor(
    private readonly db: AuthDatabase,
    private readonly sessions: SessionStore,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @returns false when there is no such session of this account, or it has ended before */
  async endOne(accountId: string, sid: string, actor: AuditActor): Promise<boolean> {
    const ended = await this.db.transaction((tx) => this.endIn(tx, { accountId, sid }, 'ended', actor));
    return ended > 0;
  }

  /** @returns how many there were */
  endAll(accountId: string, actor: AuditActor): Promise<number> {
    return this.db.transaction((tx) => this.endAllIn(tx, accountId, 'ended', actor));
  }

  /** @returns how many there were */
  endOthers(accountId: string, exceptSid: string, actor: AuditActor): Promise<number> {
    return this.db.transaction((tx) => this.endIn(tx, { accountId, exceptSid }, 'ended', actor));
  }

  /** As the last step of a transaction that changes the account. */
  endAllIn(tx: AuthTransaction, accountId: string, reason: EndReason, actor: AuditActor): Promise<number> {
    return this.endIn(tx, { accountId }, reason, actor);
  }

  /** As the last step of a transaction that found the session's refresh token to be in the wrong hands, or given back. */
  endByIdIn(tx: AuthTransaction, id: string, reason: EndReason, actor: AuditActor): Promise<number> {
    return this.endIn(tx, { id }, reason, actor);
  }

  /** Those of them that have not ended, as the last step of a transaction. */
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
