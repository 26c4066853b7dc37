import { sql, type SQL } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';
import type { SecurityEventLog } from '../security-events/security-event-log.js';

/**
 * Gives sessions a new `sid` when what they entitle to has changed: people stay logged in, tokens that say what was true
 * before are denied.
 */
export class RenewSessionIds {
  constructor(private readonly events: SecurityEventLog) {}

  /** As the last step of the transaction that changes roles or scopes, with the accounts locked. */
  ofAccount(tx: AuthTransaction, accountId: string): Promise<void> {
    return this.renew(tx, sql`account_id = ${accountId}`);
  }

  /** As the last step of the transaction that changes what a role grants, with its accounts locked. */
  ofRole(tx: AuthTransaction, role: string): Promise<void> {
    return this.renew(tx, sql`account_id in (select account_id from account_roles where role = ${role})`);
  }

  private async renew(tx: AuthTransaction, which: SQL): Promise<void> {
    const { rows } = await tx.execute<{ sid: string; end: number }>(sql`
      with old as (select id, sid, tokens_expire_at from sessions where ${which} and ended_at is null for update)
      update sessions set sid = gen_random_uuid() from old where sessions.id = old.id
      returning old.sid, extract(epoch from old.tokens_expire_at)::float8 * 1000 as "end"`);
    const revoked = rows.map(({ sid, end }) => ({ type: 'session-revoked' as const, value: sid, expiresAt: end }));
    await this.events.appendAll(tx, revoked);
  }
}
