import { eq, sql } from 'drizzle-orm';
import type { AuthTransaction } from '../../database/auth-database.js';
import { signingKeys } from '../../database/schema/index.js';

export type KeyRow = typeof signingKeys.$inferSelect;

/** An arbitrary number, the same in every instance. */
const LOCK = 7_315_002;

/**
 * Lets one transaction at a time change the keys. The constraints of the table would refuse the second one; with this
 * it waits, and then sees what the first has done.
 */
export async function lockKeys(tx: AuthTransaction): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
}

/** Gives a key its end. Times in milliseconds. */
export async function closeKey(tx: AuthTransaction, kid: string, retiresAt: number, retirement: number): Promise<void> {
  await tx
    .update(signingKeys)
    .set({ retiresAt: new Date(retiresAt), goneAt: new Date(retiresAt + retirement) })
    .where(eq(signingKeys.kid, kid));
}

/** Moves the moment at which a pending key starts. */
export async function activateKey(tx: AuthTransaction, kid: string, activatesAt: number): Promise<void> {
  await tx
    .update(signingKeys)
    .set({ activatesAt: new Date(activatesAt) })
    .where(eq(signingKeys.kid, kid));
}

/** The key that starts where `key` stops. */
export function successorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const end = key.retiresAt?.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.activatesAt.getTime() === end);
}

/** The key that stops where `key` starts. */
export function predecessorOf(key: KeyRow, keys: readonly KeyRow[]): KeyRow | undefined {
  const start = key.activatesAt.getTime();
  return keys.find((other) => other !== key && isUsable(other) && other.retiresAt?.getTime() === start);
}

/** Not compromised, and of some duration: a pending key that was replaced never signs. */
function isUsable({ compromisedAt, activatesAt, retiresAt }: KeyRow): boolean {
  return compromisedAt === null && retiresAt?.getTime() !== activatesAt.getTime();
}
