import type { VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Customer, Order } from './order.js';
import type { OrderPage, OrderStore } from './order-store.js';

const ADMIN = 'admin';

/** The orders that a caller may know of: their own, for an administrator everybody's. */
export class VisibleOrders {
  constructor(private readonly orders: OrderStore) {}

  list(page: { limit: number; after?: string | undefined }, caller: VerifiedToken): Promise<OrderPage> {
    return this.orders.list({ ...page, customer: caller.roles.has(ADMIN) ? undefined : customerOf(caller) });
  }

  /** @throws Refusal `not_found`, the same for somebody else's order and for one that never was */
  async find(id: string, caller: VerifiedToken): Promise<Order> {
    const order = await this.orders.find(id);
    if (order === undefined || !mayKnow(caller, order)) {
      throw new Refusal('not-found', 'not_found', 'There is no such order of yours');
    }
    return order;
  }
}

export const customerOf = ({ issuer, subject }: VerifiedToken): Customer => ({ issuer, subject });

const mayKnow = ({ issuer, subject, roles }: VerifiedToken, { customer }: Order): boolean =>
  roles.has(ADMIN) || (customer.issuer === issuer && customer.subject === subject);
