import type { Database, DatabaseOrTransaction, Transaction } from '@watchword/platform';
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import * as schema from '../database/schema.js';
import { take } from '../stock/sql-stock-store.js';
import type { Reservation } from './reservation.js';
import type { ReservationStore, ReservationUnit } from './reservation-store.js';

const { reservationItems, reservations, stockItems } = schema;

type ReservationRow = typeof reservations.$inferSelect;

export class SqlReservationStore implements ReservationStore {
  constructor(private readonly db: Database<typeof schema>) {}

  transaction<T>(work: (unit: ReservationUnit) => Promise<T>): Promise<T> {
    // Read committed, because each statement must see what was committed while it waited for a lock.
    return this.db.transaction((tx) => work(new SqlReservationUnit(tx)), { isolationLevel: 'read committed' });
  }

  async heldSince(before: Date, limit: number): Promise<readonly Reservation[]> {
    const rows = await this.db
      .select()
      .from(reservations)
      .where(and(eq(reservations.status, 'held'), lt(reservations.createdAt, before)))
      .orderBy(asc(reservations.createdAt), asc(reservations.id))
      .limit(limit);
    return withItems(this.db, rows);
  }
}

class SqlReservationUnit implements ReservationUnit {
  constructor(private readonly tx: Transaction<typeof schema>) {}

  async claim({ id, owner, status, createdAt }: Omit<Reservation, 'items'>): Promise<boolean> {
    const claimed = await this.tx
      .insert(reservations)
      .values({ id, ...owner, status, createdAt, releasedAt: status === 'released' ? createdAt : null })
      .onConflictDoNothing()
      .returning({ id: reservations.id });
    return claimed.length > 0;
  }

  async lock(id: string): Promise<Reservation | undefined> {
    const rows = await this.tx.select().from(reservations).where(eq(reservations.id, id)).for('update');
    const [reservation] = await withItems(this.tx, rows);
    return reservation;
  }

  async take(id: string, sku: string, quantity: number): Promise<boolean> {
    if (!(await take(this.tx, sku, quantity))) return false;
    await this.tx.insert(reservationItems).values({ reservationId: id, sku, quantity });
    return true;
  }

  async giveBack(sku: string, quantity: number): Promise<void> {
    await this.tx
      .update(stockItems)
      .set({ available: sql`${stockItems.available} + ${quantity}` })
      .where(eq(stockItems.sku, sku));
  }

  async markReleased(id: string, at: Date): Promise<void> {
    await this.tx.update(reservations).set({ status: 'released', releasedAt: at }).where(eq(reservations.id, id));
  }
}

async function withItems(
  db: DatabaseOrTransaction<typeof schema>,
  rows: readonly ReservationRow[],
): Promise<readonly Reservation[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const items = await db
    .select()
    .from(reservationItems)
    .where(inArray(reservationItems.reservationId, ids))
    .orderBy(asc(reservationItems.sku));
  return rows.map(({ id, issuer, subject, status, createdAt }) => ({
    id,
    owner: { issuer, subject },
    status,
    items: items.filter((item) => item.reservationId === id).map(({ sku, quantity }) => ({ sku, quantity })),
    createdAt,
  }));
}
