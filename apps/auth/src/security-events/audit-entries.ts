import { desc, lt } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { auditLog } from '../database/schema/index.js';

/** An entry of the audit log, in the responses for administrators. */
export interface AuditEntryView {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly type: string; readonly id: string | null; readonly ip: string | null };
  /** The id of the request, as in the logs; null for actions of the issuer itself. */
  readonly requestId: string | null;
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly detail: Readonly<Record<string, unknown>> | null;
}

/** Reads the audit log. */
export class AuditEntries {
  constructor(private readonly db: AuthDatabase) {}

  /** Newest first. `before` is the id of an entry: only older entries are returned. */
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
