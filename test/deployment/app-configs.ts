import type { Type } from '@nestjs/common';
import type { AppConfig } from '@watchword/platform';
import { AuthConfig } from '../../apps/auth/src/config/index.js';
import { CatalogConfig } from '../../apps/catalog/src/config/index.js';
import { InventoryConfig } from '../../apps/inventory/src/config/index.js';
import { OrdersConfig } from '../../apps/orders/src/config/index.js';

export type ConfiguredApp = 'auth' | 'catalog' | 'orders' | 'inventory';

/** The configuration class of each app: the one truth of which variables there are. */
export const APP_CONFIGS: Readonly<Record<ConfiguredApp, Type<AppConfig>>> = {
  auth: AuthConfig,
  catalog: CatalogConfig,
  orders: OrdersConfig,
  inventory: InventoryConfig,
};
