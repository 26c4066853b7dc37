import type { Product } from './product.js';

/** What a new catalog starts with, so that there is something to order. */
export const DEMO_PRODUCTS: readonly Product[] = [
  {
    sku: 'LAMP-OIL',
    name: 'Oil lamp',
    description: 'Bronze, burns a night and a watch.',
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
    description: 'Oak, smoothed on one side for a watchword.',
    priceCents: 390,
    currency: 'EUR',
  },
];
