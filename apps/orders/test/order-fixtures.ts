import { randomUUID } from 'node:crypto';
import type { VerifiedToken } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Catalog, PricedProduct } from '../src/catalog/catalog.js';
import type { Inventory, ItemToReserve } from '../src/inventory/inventory.js';
import type { Customer } from '../src/orders/order.js';

export const anna: Customer = { issuer: 'https://issuer.test', subject: 'anna' };
export const ben: Customer = { issuer: 'https://issuer.test', subject: 'ben' };

export function caller(customer: Customer, ...roles: string[]): VerifiedToken {
  return {
    ...customer,
    audience: ['orders'],
    expiresAt: 2_000_000_300,
    issuedAt: 2_000_000_000,
    tokenId: randomUUID(),
    clientId: 'watchword',
    sessionId: undefined,
    keyId: 'key',
    scopes: new Set(['orders:read', 'orders:write']),
    roles: new Set(roles),
    actor: undefined,
    claims: {},
  };
}

/** A catalog of two products, or one that is down. */
export class ListedCatalog implements Catalog {
  failure: Error | undefined;
  prices: PricedProduct[] = [
    { sku: 'LAMP', name: 'Lamp', priceCents: 2_450, currency: 'EUR' },
    { sku: 'TENT', name: 'Tent', priceCents: 18_900, currency: 'EUR' },
  ];

  products(skus: readonly string[]): Promise<readonly PricedProduct[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    return Promise.resolve(this.prices.filter(({ sku }) => skus.includes(sku)));
  }
}

/** Keeps reservations as inventory does, without limit of stock, and can be told to fail before or after it did its work. */
export class RememberingInventory implements Inventory {
  readonly held = new Map<string, readonly ItemToReserve[]>();
  readonly released = new Set<string>();
  reserveFails: Error | undefined;
  /** The reservation is made, but its answer is lost. */
  reserveAnswerLost = false;
  releaseFails: Error | undefined;
  /** Runs after each reservation, before it is answered. */
  afterReserve: (reservationId: string) => Promise<void> = () => Promise.resolve();

  async reserve(reservationId: string, items: readonly ItemToReserve[]): Promise<void> {
    if (this.reserveFails !== undefined) throw this.reserveFails;
    if (this.released.has(reservationId)) throw new Refusal('conflict', 'reservation_conflict', 'released');
    this.held.set(reservationId, items);
    await this.afterReserve(reservationId);
    if (this.reserveAnswerLost) throw inventoryDown();
  }

  release(reservationId: string): Promise<void> {
    if (this.releaseFails !== undefined) return Promise.reject(this.releaseFails);
    this.held.delete(reservationId);
    this.released.add(reservationId);
    return Promise.resolve();
  }
}

export const inventoryDown = (): Refusal => new Refusal('unavailable', 'inventory_unavailable', 'down');
export const outOfStock = (): Refusal => new Refusal('conflict', 'insufficient_stock', 'out of stock');
