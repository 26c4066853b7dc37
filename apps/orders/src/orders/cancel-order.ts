import type { VerifiedToken } from '@watchword/auth';
import type { Order } from './order.js';
import type { OrderStore } from './order-store.js';
import type { ReleaseStock } from './release-stock.js';
import type { VisibleOrders } from './visible-orders.js';

/** Cancels an order and releases its stock. */
export class CancelOrder {
  constructor(
    private readonly visible: VisibleOrders,
    private readonly orders: OrderStore,
    private readonly releaseStock: ReleaseStock,
  ) {}

  /**
   * The order is cancelled first. If its stock were released before, a crash in between would leave a confirmed order without
   * stock. If the release fails, the order stays cancelled, and a repeated call or the background job finishes it.
   *
   * @throws Refusal `not_found`, and those of `Inventory.release`
   */
  async cancel(id: string, caller: VerifiedToken): Promise<Order> {
    const order = await this.visible.find(id, caller);
    await this.orders.cancel(id, ['pending', 'confirmed']);
    if (!order.stockReleased) await this.releaseStock.of(id);
    return { ...order, status: 'cancelled', stockReleased: true };
  }
}
