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

  record(db: AuthQueries, entry: AuditEntry): Promise<void> {
    return this.recordAll(db, [entry]);
  }

  /** One statement, whatever the number of entries. */
  async recordAll(db: AuthQueries, entries: readonly AuditEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const now = this.clock.now();
    const column = (valueOf: (entry: AuditEntry) => string | null) => sql.param(entries.map(valueOf));
    await db.execute(sql`
      insert into audit_log (at, id, actor_type, actor_id, ip, action, target_type, target_id, detail)
      select ${new Date(now).toISOString()}::timestamptz, entry.*
      from unnest(
        ${column(() => newId(now))}::uuid[],
        ${column(({ actor }) => actor.type)}::text[],
        ${column(({ actor }) => actor.id ?? null)}::text[],
        ${column(({ actor }) => actor.ip ?? null)}::text[],
        ${column(({ action }) => action)}::text[],
        ${column(({ target }) => target.type)}::text[],
        ${column(({ target }) => target.id)}::text[],
        ${column(({ detail }) => (detail === undefined ? null : JSON.stringify(detail)))}::jsonb[]
      ) as entry`);
  }
}
