import { asc, gt } from 'drizzle-orm';
import type { AuthDatabase } from '../database/auth-database.js';
import { securityEvents } from '../database/schema/index.js';

/** An event of the log, in the responses for administrators. */
export interface SecurityEventView {
  readonly seq: number;
  readonly type: string;
  readonly value: string;
  /** Only for `client-revoked`: tokens that were issued before are denied. */
  readonly issuedBefore: string | null;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** Reads the security event log. */
export class SecurityEventEntries {
  constructor(private readonly db: AuthDatabase) {}

  /** Events after the number `after`, in order. */
  async page(limit: number, after: number): Promise<SecurityEventView[]> {
    const rows = await this.db
      .select()
      .from(securityEvents)
      .where(gt(securityEvents.seq, after))
      .orderBy(asc(securityEvents.seq))
      .limit(limit);
    return rows.map((row) => ({
      ...row,
      issuedBefore: row.issuedBefore?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    }));
  }
}
