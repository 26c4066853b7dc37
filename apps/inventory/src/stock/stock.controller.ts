import { Controller, Inject, Logger } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { CurrentUser, Scopes, type VerifiedToken } from '@watchword/auth';
import { ownerOf } from '../owners/owner.js';
import type { StockLevel } from './stock-level.js';
import { AdjustStock, ReadStock } from './stock-messages.js';
import { StockStore } from './stock-store.js';

@Controller()
export class StockController {
  private readonly logger = new Logger(StockController.name);

  constructor(@Inject(StockStore) private readonly stock: StockStore) {}

  /** Returns a level for each requested SKU; for an unknown SKU it is 0. */
  @Scopes('inventory:read')
  @MessagePattern('stock.read')
  async read(@Payload() { skus }: ReadStock): Promise<{ items: readonly StockLevel[] }> {
    const known = new Map((await this.stock.read(skus)).map(({ sku, available }) => [sku, available]));
    return { items: skus.map((sku) => ({ sku, available: known.get(sku) ?? 0 })) };
  }

  /** An event has no response: a refusal is logged and recorded in the table of adjustments. */
  @Scopes('inventory:adjust')
  // The type argument selects an overload that allows more parameters than the payload.
  @EventPattern<string>('stock.adjust')
  async adjust(
    @Payload() { adjustmentId, sku, delta }: AdjustStock,
    @CurrentUser() caller: VerifiedToken,
  ): Promise<void> {
    const by = ownerOf(caller);
    const outcome = await this.stock.adjust({ adjustmentId, sku, delta, by, at: new Date() });
    const facts = { adjustmentId, sku, delta, subject: by.subject };
    if (outcome === 'refused') this.logger.warn('Stock adjustment refused', facts);
    else this.logger.log(`Stock adjustment ${outcome}`, facts);
  }
}
