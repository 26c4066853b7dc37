import { tokenOf } from '@watchword/platform';

/** What an order takes over from a product. */
export interface PricedProduct {
  readonly sku: string;
  readonly name: string;
  /** In the smallest unit of the currency. */
  readonly priceCents: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** Where prices come from. */
export interface Catalog {
  /**
   * The products among these SKUs that exist.
   *
   * @throws Refusal `catalog_unavailable`, 502 `catalog_failed`, or catalog's own refusal of the caller
   */
  products(skus: readonly string[]): Promise<readonly PricedProduct[]>;
}

export const Catalog = tokenOf<Catalog>(Symbol('Catalog'));
