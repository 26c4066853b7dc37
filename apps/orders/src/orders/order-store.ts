import { tokenOf } from '@watchword/platform';
import type { Customer, Order, OrderStatus } from './order.js';

/** A client's attempt to place an order, so that a repeated one is recognised. */
export interface Attempt {
  /** The client's name for it, unique for this customer. */
  readonly key: string | undefined;
  /** What was asked for. The same key with another hash is a mistake of the client. */
  readonly requestHash: string;
}

export interface OrderPage {
  readonly items: readonly Order[];
  /** The id behind which the next page begins; null on the last one. */
  readonly next: string | null;
}

export interface OrderQuery {
  /** Whose orders; undefined for everybody's. */
  readonly customer: Customer | undefined;
  readonly limit: number;
  /** Only orders older than the one with this id. */
  readonly after?: string | undefined;
}

/** Where orders are kept. A change of status is one conditional statement: of several callers one wins. */
export interface OrderStore {
  /** @returns false, having written nothing, where the customer used the attempt's key before */
  insert(order: Order, attempt: Attempt): Promise<boolean>;
  find(id: string): Promise<Order | undefined>;
  findAttempt(customer: Customer, key: string): Promise<{ order: Order; requestHash: string } | undefined>;
  /** Newest first. */
  list(query: OrderQuery): Promise<OrderPage>;
  /** pending → confirmed. @returns whether it was pending */
  confirm(id: string): Promise<boolean>;
  /**
   * One of the named states → cancelled. An order that was still pending gives its attempt's key free.
   *
   * @returns whether it was in one of those states
   */
  cancel(id: string, from: readonly Exclude<OrderStatus, 'cancelled'>[]): Promise<boolean>;
  /** Notes that inventory holds nothing for a cancelled order. */
  markStockReleased(id: string, at: Date): Promise<void>;
  /** Cancelled orders whose stock was not released, and orders pending since before then; oldest first. */
  toRelease(query: { pendingBefore: Date; limit: number; after?: string | undefined }): Promise<readonly Order[]>;
}

export const OrderStore = tokenOf<OrderStore>(Symbol('OrderStore'));
