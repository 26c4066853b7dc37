import type { VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Customer, Order } from './order.js';
import type { OrderPage, OrderStore } from './order-store.js';

const ADMIN = 'admin';

/** The orders that a caller may see: their own, or all orders for an administrator. */
export class VisibleOrders {
  constructor(private readonly orders: OrderStore) {}

  list(page: { limit: number; after?: string | undefined }, caller: VerifiedToken): Promise<OrderPage> {
    return this.orders.list({ ...page, customer: caller.roles.has(ADMIN) ? undefined : customerOf(caller) });
  }

  /** @throws Refusal `not_found`, the same for the order of somebody else and for an order that does not exist */
  async find(id: string, caller: VerifiedToken): Promise<Order> {
    const order = await this.orders.find(id);
    if (order === undefined || !mayKnow(caller, order)) {
      throw new Refusal('not-found', 'not_found', 'You have no such order');
    }
    return order;
  }
}

export const customerOf = ({ issuer, subject }: VerifiedToken): Customer => ({ issuer, subject });

const mayKnow = ({ issuer, subject, roles }: VerifiedToken, { customer }: Order): boolean =>
  roles.has(ADMIN) || (customer.issuer === issuer && customer.subject === subject);
