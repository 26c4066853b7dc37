import type { Owner } from '../owners/owner.js';

export interface ReservedItem {
  readonly sku: string;
  readonly quantity: number;
}

/** Stock that is reserved for its owner until it is released. */
export interface Reservation {
  readonly id: string;
  readonly owner: Owner;
  readonly status: 'held' | 'released';
  /** Ordered by SKU. */
  readonly items: readonly ReservedItem[];
  readonly createdAt: Date;
}

/** The order in which rows of stock are locked. It is always the same, so reservations with common SKUs cannot deadlock. */
export const inSkuOrder = (items: readonly ReservedItem[]): readonly ReservedItem[] =>
  [...items].sort((one, other) => (one.sku < other.sku ? -1 : 1));

export const sameItems = (one: readonly ReservedItem[], other: readonly ReservedItem[]): boolean =>
  one.length === other.length &&
  inSkuOrder(one).every(({ sku, quantity }, place) => {
    const match = inSkuOrder(other)[place];
    return match?.sku === sku && match.quantity === quantity;
  });
