import type { AuthTcpClient } from '@watchword/auth/microservices';
import { serviceProblem } from '../downstream/service-problem.js';
import type { Inventory, ItemToReserve } from './inventory.js';

/** Inventory over Nest's TCP transport. */
export class TcpInventory implements Inventory {
  /** @param credentials whether it is called for the caller of this app, or as this app itself */
  constructor(
    private readonly client: Pick<AuthTcpClient, 'send'>,
    private readonly credentials: 'caller' | 'service',
  ) {}

  async reserve(reservationId: string, items: readonly ItemToReserve[]): Promise<void> {
    await this.ask('stock.reserve', { reservationId, items });
  }

  async release(reservationId: string): Promise<void> {
    await this.ask('stock.release', { reservationId });
  }

  private async ask(pattern: string, data: object): Promise<void> {
    try {
      await this.client.send<unknown>(pattern, data, { credentials: this.credentials });
    } catch (error) {
      throw serviceProblem('inventory', error);
    }
  }
}
