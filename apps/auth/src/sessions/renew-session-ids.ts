import type { Clock } from '@watchword/auth';
import { sql, type SQL } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';
import { newIdInSql } from '../database/new-id.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';
import { revokedBy } from './revoked-by.js';

/**
 * Gives sessions a new `sid` when what they entitle to has changed: people stay logged in, tokens that say what was true
 * before are denied.
 */
export class RenewSessionIds {
  constructor(
    private readonly events: SecurityEventLog,
    private readonly clock: Clock,
  ) {}

  /** As the last step of the transaction that changes roles or scopes, with the accounts locked. */
  ofAccount(tx: AuthTransaction, accountId: string): Promise<void> {
    return this.renew(tx, sql`account_id = ${accountId}`);
  }

  /** As the last step of the transaction that changes what a role grants, with its accounts locked. */
  ofRole(tx: AuthTransaction, role: string): Promise<void> {
    return this.renew(tx, sql`account_id in (select account_id from account_roles where role = ${role})`);
  }

  private async renew(tx: AuthTransaction, which: SQL): Promise<void> {
    const renewed = await revokedBy(
      tx,
      sql`update sessions set sid = ${newIdInSql(this.clock.now())} from (select id, sid from sessions where ${which}) old
        where sessions.id = old.id and sessions.sid = old.sid and ended_at is null
        returning old.sid, tokens_expire_at`,
    );
    await this.events.appendSessions(tx, renewed);
  }
}
