import type { Clock } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthQueries } from '../database/auth-database.js';
import { newId } from '../database/new-id.js';

/** Who acted. `system` is the issuer itself: a schedule, or the first boot. */
export interface AuditActor {
  readonly type: 'account' | 'client' | 'system' | 'anonymous';
  readonly id?: string | undefined;
  readonly ip?: string | undefined;
}

export interface AuditTarget {
  readonly type: 'account' | 'client' | 'key' | 'session' | 'role';
  readonly id: string;
}

export interface AuditEntry {
  readonly actor: AuditActor;
  /** `noun.verb`: `account.login`, `key.rotate`. */
  readonly action: string;
  readonly target: AuditTarget;
  /** Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

export const SYSTEM_ACTOR: AuditActor = { type: 'system' };

/** The record of who did what, for administrators. Written in the transaction of what it records, where there is one. */
export class AuditLog {
  constructor(private readonly clock: Clock) {}

  record(db: AuthQueries, { target, ...entry }: AuditEntry): Promise<void> {
    return this.recordForEach(db, entry, target.type, [target.id]);
  }

  /** An entry for each target, alike but for its id. One statement, whatever their number. */
  async recordForEach(
    db: AuthQueries,
    { actor, action, detail }: Omit<AuditEntry, 'target'>,
    targetType: AuditTarget['type'],
    targetIds: readonly string[],
  ): Promise<void> {
    if (targetIds.length === 0) return;
    const now = this.clock.now();
    await db.execute(sql`
      insert into audit_log (id, target_id, target_type, at, actor_type, actor_id, ip, action, detail)
      select entry.id, entry.target_id, ${targetType}, ${new Date(now).toISOString()}::timestamptz, ${actor.type},
        ${actor.id ?? null}, ${actor.ip ?? null}, ${action}, ${detail === undefined ? null : JSON.stringify(detail)}::jsonb
      from unnest(${sql.param(targetIds.map(() => newId(now)))}::uuid[], ${sql.param(targetIds)}::text[])
        as entry (id, target_id)`);
  }
}
