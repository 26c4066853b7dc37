import type { PricedProduct } from '../catalog/catalog.js';
import { priceItems } from './price-items.js';

const lamp: PricedProduct = { sku: 'LAMP', name: 'Lamp', priceCents: 2_450, currency: 'EUR' };
const tile: PricedProduct = { sku: 'TILE', name: 'Tile', priceCents: 3, currency: 'EUR' };

describe('priceItems', () => {
  it('takes over names and prices and adds up whole cents, in the order that was asked', () => {
    const items = [
      { sku: 'TILE', quantity: 7 },
      { sku: 'LAMP', quantity: 2 },
    ];
    expect(priceItems(items, [lamp, tile])).toEqual({
      items: [
        { sku: 'TILE', name: 'Tile', quantity: 7, unitPriceCents: 3 },
        { sku: 'LAMP', name: 'Lamp', quantity: 2, unitPriceCents: 2_450 },
      ],
      totalCents: 4_921,
      currency: 'EUR',
    });
  });

  it('refuses a product that the catalog does not know', () => {
    expect(() => priceItems([{ sku: 'TENT', quantity: 1 }], [lamp])).toThrow(
      expect.objectContaining({ kind: 'unprocessable', code: 'unknown_product' }),
    );
  });

  it('refuses prices in two currencies', () => {
    const items = [
      { sku: 'TILE', quantity: 1 },
      { sku: 'LAMP', quantity: 1 },
    ];
    expect(() => priceItems(items, [lamp, { ...tile, currency: 'CHF' }])).toThrow(
      expect.objectContaining({ kind: 'unprocessable', code: 'mixed_currencies' }),
    );
  });

  it('refuses a total that a number cannot hold exactly', () => {
    const gold = { ...lamp, priceCents: Number.MAX_SAFE_INTEGER };
    expect(() => priceItems([{ sku: 'LAMP', quantity: 2 }], [gold])).toThrow(
      expect.objectContaining({ kind: 'unprocessable', code: 'total_too_large' }),
    );
  });
});
