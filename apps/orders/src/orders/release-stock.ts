import type { Clock } from '@watchword/auth';
import type { Inventory } from '../inventory/inventory.js';
import type { OrderStore } from './order-store.js';

/** Releases the stock of a cancelled order, and records it. It is idempotent; if it fails, the background job repeats it. */
export class ReleaseStock {
  constructor(
    private readonly orders: OrderStore,
    private readonly inventory: Pick<Inventory, 'release'>,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal of {@link Inventory.release} */
  async of(orderId: string): Promise<void> {
    await this.inventory.release(orderId);
    await this.orders.markStockReleased(orderId, new Date(this.clock.now()));
  }
}
