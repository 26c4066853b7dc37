import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { AuthModule } from '@watchword/auth';
import { DatabaseModule, PlatformModule } from '@watchword/platform';
import { CatalogConfig } from './config/catalog-config.js';
import * as schema from './database/schema.js';
import { ProductsModule } from './products/products.module.js';

@Module({
  imports: [
    PlatformModule.forRoot({ name: 'catalog', config: CatalogConfig }),
    DatabaseModule.forRoot({ schema, migrationsFolder: join(import.meta.dirname, 'database/migrations') }),
    AuthModule.forRootAsync({
      inject: [CatalogConfig],
      useFactory: (config: CatalogConfig) => config.authOptions('catalog'),
    }),
    ProductsModule,
  ],
})
export class AppModule {}
