import { tokenOf } from '@watchword/platform';

export interface ItemToReserve {
  readonly sku: string;
  readonly quantity: number;
}

/** Who holds the stock. Both operations may be repeated without harm, and a release also stops a reservation under way. */
export interface Inventory {
  /** @throws Refusal `inventory_unavailable`, 502 `inventory_failed`, or inventory's own refusal */
  reserve(reservationId: string, items: readonly ItemToReserve[]): Promise<void>;
  /** @throws as {@link reserve} */
  release(reservationId: string): Promise<void>;
}

/** Inventory, called as whoever calls this app. */
export const Inventory = tokenOf<Inventory>(Symbol('Inventory'));

/** Inventory, called as this app itself. */
export const ServiceInventory = tokenOf<Inventory>(Symbol('ServiceInventory'));
