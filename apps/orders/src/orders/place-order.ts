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
  /** The client's name for this attempt: a repeated one gets the same order. */
  readonly idempotencyKey?: string | undefined;
}

/** Where a step failed and its stock could not be released at once. */
export type OnReleaseFailed = (orderId: string, error: unknown) => void;

/**
 * Prices what was asked for, writes the order down, reserves its stock and confirms it.
 *
 * The order is written, as pending, before inventory hears of it: whatever happens afterwards, there is a row that
 * says which reservation may have to be released.
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
   * @throws Refusal `order_cancelled`, 422 `idempotency_key_reused`, and as {@link Catalog}, {@link Inventory}
   *   and `priceItems`
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
    // The attempt that had the key failed just now and gave it free.
    throw new Refusal('conflict', 'order_cancelled', 'This order was cancelled before it was complete; try again');
  }

  /** What became of an earlier attempt with the same key; one that was interrupted is resumed. */
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
    // Whoever cancelled it releases the stock too.
    throw new Refusal('conflict', 'order_cancelled', 'This order was cancelled before it was complete; try again');
  }

  /**
   * The database decides first, the stock follows: where a parallel attempt has confirmed the order, it keeps its stock.
   * Released even after a refusal, because the answer that a parallel attempt got may have been another one.
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
