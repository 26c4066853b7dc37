import { tokenOf } from '@watchword/platform';

export interface ItemToReserve {
  readonly sku: string;
  readonly quantity: number;
}

/** The service that holds the stock. Both operations are idempotent. A release also prevents a reservation that arrives later. */
export interface Inventory {
  /** @throws Refusal `inventory_unavailable`, `inventory_failed`, or the refusal of inventory */
  reserve(reservationId: string, items: readonly ItemToReserve[]): Promise<void>;
  /** @throws as {@link reserve} */
  release(reservationId: string): Promise<void>;
}

/** Inventory, called for the caller of this app. */
export const Inventory = tokenOf<Inventory>(Symbol('Inventory'));

/** Inventory, called with the credentials of this app. */
export const ServiceInventory = tokenOf<Inventory>(Symbol('ServiceInventory'));
