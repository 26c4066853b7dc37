import { bootstrap } from '@watchword/platform';
import { AppModule } from './app.module.js';
import { OrdersConfig } from './config/orders-config.js';

await bootstrap({ name: 'orders', module: AppModule, config: OrdersConfig });
