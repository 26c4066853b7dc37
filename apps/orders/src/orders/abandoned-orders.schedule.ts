import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { reasonOf } from '../downstream/reason-of.js';
import type { AbandonedOrders } from './abandoned-orders.js';

/** Releases abandoned orders periodically, with the credentials of the app itself. */
export class AbandonedOrdersSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('AbandonedOrders');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param everySeconds from the end of a run to the start of the next; undefined turns the job off */
  constructor(
    private readonly orders: Pick<AbandonedOrders, 'release'>,
    private readonly everySeconds: number | undefined,
  ) {}

  onApplicationBootstrap(): void {
    if (this.everySeconds !== undefined) return this.plan(this.everySeconds);
    this.logger.warn(
      'Off: the stock of abandoned orders is not released. Set CLIENT_ID and CLIENT_SECRET to turn it on',
    );
  }

  /** A running job ends after its current order. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.running;
  }

  private plan(everySeconds: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.running = this.run().finally(() => this.plan(everySeconds));
    }, everySeconds * 1000);
  }

  private async run(): Promise<void> {
    try {
      const { released, failures } = await this.orders.release(this.stopping.signal);
      if (released > 0) this.logger.log('Released the stock of abandoned orders', { released });
      for (const { orderId, error } of failures) {
        this.logger.warn('The stock of an abandoned order could not be released', { orderId, reason: reasonOf(error) });
      }
    } catch (error) {
      this.logger.error('The search for abandoned orders failed', error);
    }
  }
}
