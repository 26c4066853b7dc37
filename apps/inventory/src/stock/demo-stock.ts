import type { StockLevel } from './stock-level.js';

/** The demo stock of a new inventory: stock of the catalog's demo products. */
export const DEMO_STOCK: readonly StockLevel[] = [
  { sku: 'LAMP-OIL', available: 250 },
  { sku: 'TENT-2P', available: 40 },
  { sku: 'TILE-OAK', available: 10_000 },
];
