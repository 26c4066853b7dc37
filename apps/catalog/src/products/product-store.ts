import { tokenOf } from '@watchword/platform';
import type { Product, ProductChanges, ProductPage, ProductQuery } from './product.js';

/** Stores the products. */
export interface ProductStore {
  list(query: ProductQuery): Promise<ProductPage>;
  find(sku: string): Promise<Product | undefined>;
  /** @returns undefined if the SKU already exists */
  add(product: Product): Promise<Product | undefined>;
  /** @returns undefined if there is no such product */
  change(sku: string, changes: ProductChanges): Promise<Product | undefined>;
  /** @returns whether there was such a product */
  remove(sku: string): Promise<boolean>;
  /** Adds these products, unless that was done before under this name, even if they were changed or deleted since. */
  seedOnce(name: string, products: readonly Product[]): Promise<void>;
}

export const ProductStore = tokenOf<ProductStore>(Symbol('ProductStore'));
