import { tokenOf } from '@watchword/platform';

/** The part of a product that is copied into an order. */
export interface PricedProduct {
  readonly sku: string;
  readonly name: string;
  /** In the smallest unit of the currency. */
  readonly priceCents: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** The service that knows the products and prices. */
export interface Catalog {
  /**
   * The existing products with these SKUs.
   *
   * @throws Refusal `catalog_unavailable`, `catalog_failed`, or the refusal of catalog for the caller
   */
  products(skus: readonly string[]): Promise<readonly PricedProduct[]>;
}

export const Catalog = tokenOf<Catalog>(Symbol('Catalog'));
