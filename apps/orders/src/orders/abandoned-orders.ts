import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { Order } from './order.js';
import type { OrderStore } from './order-store.js';
import type { ReleaseStock } from './release-stock.js';

const BATCH = 100;

export interface ReleaseReport {
  readonly released: number;
  readonly failures: readonly { readonly orderId: string; readonly error: unknown }[];
}

/**
 * Finds orders that were never completed, and cancelled orders whose stock was not released, and releases their stock.
 *
 * Several instances may do this at the same time: cancelling is one conditional statement, and a release is idempotent.
 */
export class AbandonedOrders {
  constructor(
    private readonly orders: OrderStore,
    private readonly releaseStock: ReleaseStock,
    private readonly clock: Clock,
    /** Must be longer than the longest time to place an order. */
    private readonly abandonedAfterSeconds: number,
  ) {}

  /** Continues after a failure, unless it says that a needed service is unavailable. */
  async release(signal?: AbortSignal): Promise<ReleaseReport> {
    const pendingBefore = new Date(this.clock.now() - this.abandonedAfterSeconds * 1000);
    const failures: { orderId: string; error: unknown }[] = [];
    let released = 0;
    let after: string | undefined;
    for (;;) {
      const batch = await this.orders.toRelease({ pendingBefore, limit: BATCH, after });
      for (const order of batch) {
        if (signal?.aborted === true) return { released, failures };
        try {
          if (await this.releaseOne(order)) released += 1;
        } catch (error) {
          failures.push({ orderId: order.id, error });
          // Inventory or the issuer is down: all further releases would fail too.
          if (error instanceof Refusal && error.kind === 'unavailable') return { released, failures };
        }
      }
      after = batch.at(-1)?.id;
      if (batch.length < BATCH) return { released, failures };
    }
  }

  private async releaseOne({ id, status }: Order): Promise<boolean> {
    // It may have been confirmed since it was found; then it keeps its stock.
    if (status === 'pending' && !(await this.orders.cancel(id, ['pending']))) return false;
    await this.releaseStock.of(id);
    return true;
  }
}
