import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AuthModule } from '@watchword/auth';
import { DatabaseModule, PlatformModule } from '@watchword/platform';
import { InventoryConfig } from './config/inventory-config.js';
import * as schema from './database/schema.js';
import { ReservationsModule } from './reservations/reservations.module.js';
import { StockModule } from './stock/stock.module.js';

@Module({
  imports: [
    PlatformModule.forRoot({ name: 'inventory', config: InventoryConfig }),
    DatabaseModule.forRoot({ schema, migrationsFolder: join(import.meta.dirname, 'database/migrations') }),
    AuthModule.forRootAsync({
      inject: [InventoryConfig],
      useFactory: (config: InventoryConfig) => config.authOptions('inventory'),
    }),
    StockModule,
    ReservationsModule,
  ],
})
export class AppModule {}
