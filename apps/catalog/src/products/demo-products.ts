import type { Product } from './product.js';

/** The demo products of a new catalog. */
export const DEMO_PRODUCTS: readonly Product[] = [
  {
    sku: 'LAMP-OIL',
    name: 'Oil lamp',
    description: 'Bronze, burns all night.',
    priceCents: 2_450,
    currency: 'EUR',
  },
  {
    sku: 'TENT-2P',
    name: 'Tent for two',
    description: 'Goat leather, with poles and pegs.',
    priceCents: 18_900,
    currency: 'EUR',
  },
  {
    sku: 'TILE-OAK',
    name: 'Wooden tile',
    description: 'Oak, smooth on one side, to write on.',
    priceCents: 390,
    currency: 'EUR',
  },
];
