import { Refusal } from '@watchword/platform';
import type { PricedProduct } from '../catalog/catalog.js';
import type { OrderItem, RequestedItem } from './order.js';

export interface PricedItems {
  readonly items: readonly OrderItem[];
  readonly totalCents: number;
  readonly currency: string;
}

/**
 * The requested items with their current names and prices, and the total in cents.
 *
 * @throws Refusal `unknown_product`, `mixed_currencies` or `total_too_large`
 */
export function priceItems(requested: readonly RequestedItem[], products: readonly PricedProduct[]): PricedItems {
  const bySku = new Map(products.map((product) => [product.sku, product]));
  const lines = requested.map(({ sku, quantity }) => {
    const product = bySku.get(sku);
    if (product === undefined) throw new Refusal('unprocessable', 'unknown_product', `There is no product ${sku}`);
    return { product, item: { sku, name: product.name, quantity, unitPriceCents: product.priceCents } };
  });
  const [currency, ...others] = new Set(lines.map(({ product }) => product.currency));
  if (currency === undefined || others.length > 0) {
    throw new Refusal('unprocessable', 'mixed_currencies', 'All items of an order must be priced in one currency');
  }
  const totalCents = lines.reduce((sum, { item }) => sum + item.quantity * item.unitPriceCents, 0);
  // Above 2^53 cents, a number is not exact.
  if (!Number.isSafeInteger(totalCents))
    throw new Refusal('unprocessable', 'total_too_large', 'The total is too large');
  return { items: lines.map(({ item }) => item), totalCents, currency };
}
