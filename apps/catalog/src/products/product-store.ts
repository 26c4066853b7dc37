import { tokenOf } from '@watchword/platform';
import type { Product, ProductChanges, ProductPage, ProductQuery } from './product.js';

/** Where products are kept. */
export interface ProductStore {
  list(query: ProductQuery): Promise<ProductPage>;
  find(sku: string): Promise<Product | undefined>;
  /** @returns undefined where the SKU is taken */
  add(product: Product): Promise<Product | undefined>;
  /** @returns undefined where there is no such product */
  change(sku: string, changes: ProductChanges): Promise<Product | undefined>;
  /** @returns whether there was such a product */
  remove(sku: string): Promise<boolean>;
  /** Adds these products unless that was done before under this name, whatever became of them since. */
  seedOnce(name: string, products: readonly Product[]): Promise<void>;
}

export const ProductStore = tokenOf<ProductStore>(Symbol('ProductStore'));
