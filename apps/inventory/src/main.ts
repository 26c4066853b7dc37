import { bootstrap } from '@watchword/platform';
import { AppModule } from './app.module.js';
import { InventoryConfig } from './config/inventory-config.js';

await bootstrap({
  name: 'inventory',
  module: AppModule,
  config: InventoryConfig,
  tcp: ({ TCP_HOST, TCP_PORT }: InventoryConfig) => ({ host: TCP_HOST, port: TCP_PORT }),
});
