import { bootstrap } from '@watchword/platform';
import { AppModule } from './app.module.js';
import { CatalogConfig } from './config/catalog-config.js';

await bootstrap({ name: 'catalog', module: AppModule, config: CatalogConfig });
