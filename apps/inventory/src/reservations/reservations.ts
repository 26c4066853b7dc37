import { AuthError, type Clock, type VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { ownerOf, sameOwner } from '../owners/owner.js';
import { inSkuOrder, type Reservation, type ReservedItem, sameItems } from './reservation.js';
import type { ReservationStore, ReservationUnit } from './reservation-store.js';

const MANAGE = 'inventory:manage';
const RESERVE = 'inventory:reserve';

/** Reserves and releases stock. All operations are idempotent. */
export class Reservations {
  constructor(
    private readonly store: ReservationStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Reserves all items or none. Repeating it with the same id, items and owner gives the same result.
   *
   * @throws Refusal `insufficient_stock`, or `reservation_conflict` if the id was used for something else
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
      // The same error for another owner, other items and a released id, so that it does not reveal who owns the reservation.
      if (existing?.status !== 'held' || !sameOwner(existing.owner, owner) || !sameItems(existing.items, items)) {
        throw new Refusal(
          'conflict',
          'reservation_conflict',
          'This reservation id was already used for something else',
        );
      }
      return existing;
    });
  }

  /**
   * Releases the stock. Repeating it has no further effect.
   *
   * Releasing an unknown id marks it as released: if a reservation with this id arrives later, because its sender gave up waiting,
   * it takes no stock.
   *
   * @throws AuthError `scope_insufficient`
   * @throws Refusal `not_the_owner` if the caller is not the owner and may not manage inventory
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
        throw new Refusal('forbidden', 'not_the_owner', 'This reservation belongs to somebody else');
      }
      if (reservation.status === 'released') return;
      await unit.markReleased(id, at);
      for (const { sku, quantity } of reservation.items) await unit.giveBack(sku, quantity);
    });
  }

  /** Reservations that are held for more than so many seconds, oldest first, for an administrator of the inventory. */
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
