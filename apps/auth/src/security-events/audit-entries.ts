import { desc, lt } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { auditLog } from '../database/schema/index.js';

/** An entry of the audit log, as administrators read it. */
export interface AuditEntryView {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly type: string; readonly id: string | null; readonly ip: string | null };
  /** Of the request that it happened in, as in the logs; null for what the issuer did by itself. */
  readonly requestId: string | null;
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** Reads the audit log. */
export class AuditEntries {
  constructor(private readonly db: AuthDatabase) {}

  /** The newest first; with `before`, an entry's id, those that are older. */
  async page(limit: number, before: string | undefined): Promise<AuditEntryView[]> {
    const rows = await this.db
      .select()
      .from(auditLog)
      .where(before === undefined ? undefined : lt(auditLog.id, before))
      .orderBy(desc(auditLog.id))
      .limit(limit);
    return rows.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: { type: row.actorType, id: row.actorId, ip: row.ip },
      requestId: row.requestId,
      action: row.action,
      target: { type: row.targetType, id: row.targetId },
      detail: row.detail,
    }));
  }
}
