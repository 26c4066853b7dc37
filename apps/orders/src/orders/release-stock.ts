import type { Clock } from '@watchword/auth';
import type { Inventory } from '../inventory/inventory.js';
import type { OrderStore } from './order-store.js';

/** Gives back what a cancelled order holds, and notes it. Harmless when repeated; unfinished, it is found by the job. */
export class ReleaseStock {
  constructor(
    private readonly orders: OrderStore,
    private readonly inventory: Pick<Inventory, 'release'>,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal as {@link Inventory.release} */
  async of(orderId: string): Promise<void> {
    await this.inventory.release(orderId);
    await this.orders.markStockReleased(orderId, new Date(this.clock.now()));
  }
}
