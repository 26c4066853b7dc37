import type { Clock } from '@watchword/auth';
import type { AuthQueries } from '../database/auth-database.js';
import { auditLog } from '../database/schema/index.js';
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

  async record(db: AuthQueries, { actor, action, target, detail }: AuditEntry): Promise<void> {
    const now = this.clock.now();
    await db.insert(auditLog).values({
      id: newId(now),
      at: new Date(now),
      actorType: actor.type,
      actorId: actor.id ?? null,
      ip: actor.ip ?? null,
      action,
      targetType: target.type,
      targetId: target.id,
      detail: detail ?? null,
    });
  }
}
