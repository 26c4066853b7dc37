import { tokenOf } from '@watchword/platform';
import type { Customer, Order, OrderStatus } from './order.js';

/** An attempt of a client to place an order, to recognise a repeated one. */
export interface Attempt {
  /** The idempotency key, unique for this customer. */
  readonly key: string | undefined;
  /** The hash of the request. The same key with another hash is a mistake of the client. */
  readonly requestHash: string;
}

export interface OrderPage {
  readonly items: readonly Order[];
  /** The value of `after` for the next page; null on the last page. */
  readonly next: string | null;
}

export interface OrderQuery {
  /** Only orders of this customer; undefined for all orders. */
  readonly customer: Customer | undefined;
  readonly limit: number;
  /** Only orders older than the one with this id. */
  readonly after?: string | undefined;
}

/** Stores the orders. A change of status is one conditional statement: of several concurrent callers, one succeeds. */
export interface OrderStore {
  /** @returns false, without a change, if the customer has already used the key of the attempt */
  insert(order: Order, attempt: Attempt): Promise<boolean>;
  find(id: string): Promise<Order | undefined>;
  findAttempt(customer: Customer, key: string): Promise<{ order: Order; requestHash: string } | undefined>;
  /** Newest first. */
  list(query: OrderQuery): Promise<OrderPage>;
  /** Changes the status from pending to confirmed. @returns whether it was pending */
  confirm(id: string): Promise<boolean>;
  /**
   * Changes the status from one of `from` to cancelled. If the order was pending, its idempotency key can be used again.
   *
   * @returns whether it had one of these statuses
   */
  cancel(id: string, from: readonly Exclude<OrderStatus, 'cancelled'>[]): Promise<boolean>;
  /** Records that inventory holds nothing for a cancelled order. */
  markStockReleased(id: string, at: Date): Promise<void>;
  /** Cancelled orders whose stock was not released, and orders that are pending since before `pendingBefore`; oldest first. */
  toRelease(query: { pendingBefore: Date; limit: number; after?: string | undefined }): Promise<readonly Order[]>;
}

export const OrderStore = tokenOf<OrderStore>(Symbol('OrderStore'));
