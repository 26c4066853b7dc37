import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { DATABASE, type Database, provide, tokenOf } from '@watchword/platform';
import { CatalogConfig } from '../config/catalog-config.js';
import type * as schema from '../database/schema.js';
import { DEMO_PRODUCTS } from './demo-products.js';
import { ProductStore } from './product-store.js';
import { ProductsController } from './products.controller.js';
import { SqlProductStore } from './sql-product-store.js';

@Module({
  controllers: [ProductsController],
  providers: [provide(ProductStore, [tokenOf<Database<typeof schema>>(DATABASE)], (db) => new SqlProductStore(db))],
})
export class ProductsModule implements OnModuleInit {
  constructor(
    private readonly config: CatalogConfig,
    @Inject(ProductStore) private readonly products: ProductStore,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.config.SEED_DEMO_DATA) await this.products.seedOnce('demo', DEMO_PRODUCTS);
  }
}
