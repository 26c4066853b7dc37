import type { Owner } from '../owners/owner.js';

export interface ReservedItem {
  readonly sku: string;
  readonly quantity: number;
}

/** Stock set aside for its owner until it is released. */
export interface Reservation {
  readonly id: string;
  readonly owner: Owner;
  readonly status: 'held' | 'released';
  /** In the order of their SKUs. */
  readonly items: readonly ReservedItem[];
  readonly createdAt: Date;
}

/** The one order in which rows of stock are locked; two reservations that share SKUs can't wait for each other. */
export const inSkuOrder = (items: readonly ReservedItem[]): readonly ReservedItem[] =>
  [...items].sort((one, other) => (one.sku < other.sku ? -1 : 1));

export const sameItems = (one: readonly ReservedItem[], other: readonly ReservedItem[]): boolean =>
  one.length === other.length &&
  inSkuOrder(one).every(({ sku, quantity }, place) => {
    const match = inSkuOrder(other)[place];
    return match?.sku === sku && match.quantity === quantity;
  });
