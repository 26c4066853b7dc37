import { createHash } from 'node:crypto';
import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import { v7 as uuidv7 } from 'uuid';
import type { Catalog } from '../catalog/catalog.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Customer, Order, RequestedItem } from './order.js';
import type { Attempt, OrderStore } from './order-store.js';
import { priceItems } from './price-items.js';
import type { ReleaseStock } from './release-stock.js';

export interface OrderRequest {
  readonly items: readonly RequestedItem[];
  /** A repeated request with the same key returns the same order. */
  readonly idempotencyKey?: string | undefined;
}

/** Called if placing an order failed and its stock could not be released at once. */
export type OnReleaseFailed = (orderId: string, error: unknown) => void;

/**
 * Prices the requested items, stores the order, reserves its stock and confirms it.
 *
 * The order is stored with the status pending before inventory is called. So there is always a row for a reservation that may have
 * to be released.
 */
export class PlaceOrder {
  constructor(
    private readonly catalog: Catalog,
    private readonly inventory: Inventory,
    private readonly orders: OrderStore,
    private readonly releaseStock: ReleaseStock,
    private readonly clock: Clock,
    private readonly onReleaseFailed: OnReleaseFailed,
  ) {}

  /**
   * @throws Refusal `order_cancelled`, `idempotency_key_reused`, and those of {@link Catalog}, {@link Inventory} and `priceItems`
   */
  async place({ items, idempotencyKey: key }: OrderRequest, customer: Customer): Promise<Order> {
    const attempt = { key, requestHash: hashOf(items) };
    return (await this.repeated(customer, attempt)) ?? (await this.first(items, customer, attempt));
  }

  private async first(items: readonly RequestedItem[], customer: Customer, attempt: Attempt): Promise<Order> {
    const priced = priceItems(items, await this.catalog.products(items.map(({ sku }) => sku)));
    const msecs = this.clock.now();
    const order: Order = {
      id: uuidv7({ msecs }),
      customer,
      status: 'pending',
      ...priced,
      createdAt: new Date(msecs),
      stockReleased: false,
    };
    if (await this.orders.insert(order, attempt)) return this.complete(order);
    const winner = await this.repeated(customer, attempt);
    if (winner !== undefined) return winner;
    // The attempt with this key has just failed, and its key is free again.
    throw new Refusal('conflict', 'order_cancelled', 'This order was cancelled before it was complete; try again');
  }

  /** The order of an earlier attempt with the same key. An interrupted attempt is resumed. */
  private async repeated(customer: Customer, { key, requestHash }: Attempt): Promise<Order | undefined> {
    const earlier = key === undefined ? undefined : await this.orders.findAttempt(customer, key);
    if (earlier === undefined) return undefined;
    if (earlier.requestHash !== requestHash) {
      throw new Refusal('unprocessable', 'idempotency_key_reused', 'This Idempotency-Key was used for another order');
    }
    return earlier.order.status === 'pending' ? this.complete(earlier.order) : earlier.order;
  }

  private async complete(order: Order): Promise<Order> {
    try {
      await this.inventory.reserve(
        order.id,
        order.items.map(({ sku, quantity }) => ({ sku, quantity })),
      );
    } catch (error) {
      await this.abandon(order.id);
      throw error;
    }
    if (await this.orders.confirm(order.id)) return { ...order, status: 'confirmed' };
    const decided = await this.orders.find(order.id);
    if (decided?.status === 'confirmed') return decided;
    // The request that cancelled the order also releases its stock.
    throw new Refusal('conflict', 'order_cancelled', 'This order was cancelled before it was complete; try again');
  }

  /**
   * The order is cancelled before its stock is released: if a concurrent attempt has confirmed the order, it keeps its stock.
   * The stock is also released after a refusal, because a concurrent attempt may have succeeded.
   */
  private async abandon(orderId: string): Promise<void> {
    if (!(await this.orders.cancel(orderId, ['pending']))) return;
    try {
      await this.releaseStock.of(orderId);
    } catch (error) {
      this.onReleaseFailed(orderId, error);
    }
  }
}

const hashOf = (items: readonly RequestedItem[]): string =>
  createHash('sha256')
    .update(JSON.stringify(items.map(({ sku, quantity }) => [sku, quantity])))
    .digest('base64url');
