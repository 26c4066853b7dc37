import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AuthModule } from '@watchword/auth';
import { DatabaseModule, PlatformModule } from '@watchword/platform';
import { OrdersConfig } from './config/orders-config.js';
import * as schema from './database/schema.js';
import { OrdersModule } from './orders/orders.module.js';

@Module({
  imports: [
    PlatformModule.forRoot({ name: 'orders', config: OrdersConfig }),
    DatabaseModule.forRoot({ schema, migrationsFolder: join(import.meta.dirname, 'database/migrations') }),
    AuthModule.forRootAsync({
      inject: [OrdersConfig],
      useFactory: (config: OrdersConfig) => config.authOptions('orders'),
    }),
    OrdersModule,
  ],
})
export class AppModule {}
