import { AuthError, type Clock, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { ownerOf, sameOwner } from '../owners/owner.js';
import { inSkuOrder, type Reservation, type ReservedItem, sameItems } from './reservation.js';
import type { ReservationStore, ReservationUnit } from './reservation-store.js';

const MANAGE = 'inventory:manage';
const RESERVE = 'inventory:reserve';

/** Sets stock aside and gives it back. Every operation may be repeated without harm. */
export class Reservations {
  constructor(
    private readonly store: ReservationStore,
    private readonly clock: Clock,
  ) {}

  /**
   * All items or none. The same id with the same items by the same owner gets the same answer again.
   *
   * @throws Refusal `insufficient_stock`, or `reservation_conflict` where the id stands for something else
   */
  reserve(id: string, items: readonly ReservedItem[], caller: VerifiedToken): Promise<Reservation> {
    const owner = ownerOf(caller);
    const wanted: Reservation = { id, owner, status: 'held', items: inSkuOrder(items), createdAt: this.now() };
    return this.store.transaction(async (unit) => {
      if (await unit.claim(wanted)) {
        await takeAll(unit, wanted);
        return wanted;
      }
      const existing = await unit.lock(id);
      // One answer for another owner, other items and an id that was released: whose it is stays private.
      if (existing?.status !== 'held' || !sameOwner(existing.owner, owner) || !sameItems(existing.items, items)) {
        throw new Refusal(
          'conflict',
          'reservation_conflict',
          'This reservation id was used before, for something else',
        );
      }
      return existing;
    });
  }

  /**
   * Gives the stock back; once only, however often it is asked.
   *
   * An id that nobody used is spent by this: a reservation still on its way when its sender gave up finds it
   * released and takes nothing.
   *
   * @throws AuthError `scope_insufficient`
   * @throws Refusal `not_the_owner` where the caller is neither its owner nor may manage inventory
   */
  async release(id: string, caller: VerifiedToken): Promise<void> {
    const mayManage = caller.scopes.has(MANAGE);
    if (!mayManage && !caller.scopes.has(RESERVE)) throw new AuthError('scope_insufficient', { scopes: [RESERVE] });
    const owner = ownerOf(caller);
    const at = this.now();
    await this.store.transaction(async (unit) => {
      if (await unit.claim({ id, owner, status: 'released', createdAt: at })) return;
      const reservation = await unit.lock(id);
      if (reservation === undefined || (!mayManage && !sameOwner(reservation.owner, owner))) {
        throw new Refusal('forbidden', 'not_the_owner', 'This reservation is not yours to release');
      }
      if (reservation.status === 'released') return;
      await unit.markReleased(id, at);
      for (const { sku, quantity } of reservation.items) await unit.giveBack(sku, quantity);
    });
  }

  /** Reservations still held after so many seconds, oldest first, for somebody who manages inventory to look into. */
  heldFor(seconds: number, limit: number): Promise<readonly Reservation[]> {
    return this.store.heldSince(new Date(this.clock.now() - seconds * 1000), limit);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

async function takeAll(unit: ReservationUnit, { id, items }: Reservation): Promise<void> {
  for (const { sku, quantity } of items) {
    if (!(await unit.take(id, sku, quantity))) {
      throw new Refusal('conflict', 'insufficient_stock', `There is not enough stock of ${sku}`);
    }
  }
}
