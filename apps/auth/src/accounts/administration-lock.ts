import { sql } from 'drizzle-orm';
import type { AuthTransaction } from '../database/auth-database.js';

/** An arbitrary number, the same in every instance. */
const LOCK = 7_315_003;

/**
 * Lets one administrator's change of accounts or roles happen at a time: no two administrators remove each other, and no
 * two changes wait for each other.
 */
export async function lockAdministration(tx: AuthTransaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
}
