import { type SQL, sql } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';
import type { RevokedSessions } from '../security-events/security-event-log.js';

/** Runs a statement that returns the `sid` and `tokens_expire_at` of each session whose tokens it revokes. */
export async function revokedBy(tx: AuthTransaction, statement: SQL): Promise<RevokedSessions> {
  const { rows } = await tx.execute<RevokedSessions & Record<string, unknown>>(sql`
    with revoked as (${statement})
    select count(*)::int as count, coalesce(string_agg(sid::text, ','), '') as sids,
      coalesce(string_agg(tokens_expire_at::text, ','), '') as "tokensExpireAt"
    from revoked`);
  const [revoked] = rows;
  if (revoked === undefined) throw new Error('An aggregate without a row');
  return revoked;
}
