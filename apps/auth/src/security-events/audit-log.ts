import type { Clock } from '@watchword/auth';
import { currentRequestId } from '@watchword/platform';
import { sql, type SQL } from 'drizzle-orm';
import type { AuthQueries } from '../database/auth-database.js';
import { newId, newIdInSql } from '../database/new-id.js';

/** Who acted. `system` is the issuer itself: a schedule, or the first start. */
export interface AuditActor {
  readonly type: 'account' | 'client' | 'system' | 'anonymous';
  readonly id?: string | undefined;
  readonly ip?: string | undefined;
}

export interface AuditTarget {
  readonly type: 'account' | 'client' | 'key' | 'session' | 'role' | 'network';
  readonly id: string;
}

export interface AuditEntry {
  readonly actor: AuditActor;
  /** `noun.verb`: `account.login`, `key.rotate`. */
  readonly action: string;
  readonly target: AuditTarget;
  /** Must not contain secrets. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export const SYSTEM_ACTOR: AuditActor = { type: 'system' };

/** The record of who did what, for administrators. An entry is written in the transaction of its action, if there is one. */
export class AuditLog {
  constructor(private readonly clock: Clock) {}

  record(db: AuthQueries, { target, ...entry }: AuditEntry): Promise<void> {
    const now = this.clock.now();
    return this.insert(
      db,
      now,
      entry,
      target.type,
      sql`(values (${newId(now)}::uuid, ${target.id})) as entry (id, target_id)`,
    );
  }

  /**
   * Writes an entry for each session; the entries differ only in the id of the session. It is one statement for any number of sessions.
   *
   * @param sids separated by commas
   */
  recordForSessions(db: AuthQueries, entry: Omit<AuditEntry, 'target'>, sids: string): Promise<void> {
    const now = this.clock.now();
    const entries = sql`(select ${newIdInSql(now)}, target_id from unnest(string_to_array(${sids}, ',')) as target_id)`;
    return this.insert(db, now, entry, 'session', sql`${entries} as entry (id, target_id)`);
  }

  /** @param entries the source of the entries, with the columns `id` and `target_id` */
  private async insert(
    db: AuthQueries,
    now: number,
    { actor, action, detail }: Omit<AuditEntry, 'target'>,
    targetType: AuditTarget['type'],
    entries: SQL,
  ): Promise<void> {
    await db.execute(sql`
      insert into audit_log (id, target_id, target_type, at, actor_type, actor_id, ip, request_id, action, detail)
      select entry.id, entry.target_id, ${targetType}, ${new Date(now).toISOString()}::timestamptz, ${actor.type},
        ${actor.id ?? null}, ${actor.ip ?? null}, ${currentRequestId() ?? null}, ${action}, ${detail === undefined ? null : JSON.stringify(detail)}::jsonb
      from ${entries}`);
  }
}
