import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { DATABASE, type Database, provide, tokenOf } from '@watchword/platform';
import { InventoryConfig } from '../config/inventory-config.js';
import type * as schema from '../database/schema.js';
import { DEMO_STOCK } from './demo-stock.js';
import { SqlStockStore } from './sql-stock-store.js';
import { StockController } from './stock.controller.js';
import { StockStore } from './stock-store.js';

@Module({
  controllers: [StockController],
  providers: [provide(StockStore, [tokenOf<Database<typeof schema>>(DATABASE)], (db) => new SqlStockStore(db))],
})
export class StockModule implements OnModuleInit {
  constructor(
    private readonly config: InventoryConfig,
    @Inject(StockStore) private readonly stock: StockStore,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.SEED_DEMO_DATA) await this.stock.seedOnce('demo', DEMO_STOCK);
  }
}
