export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly description: string | null;
  /** In the smallest unit of the currency. */
  readonly priceCents: number;
  /** ISO 4217. */
  readonly currency: string;
}

export type ProductChanges = Partial<Omit<Product, 'sku'>>;

/** Part of a list that is ordered by SKU. */
export interface ProductPage {
  readonly items: readonly Product[];
  /** What `after` must be to get the next page; null on the last one. */
  readonly next: string | null;
}

export interface ProductQuery {
  readonly limit: number;
  /** Only products whose SKU sorts behind this one. */
  readonly after?: string | undefined;
  /** Only these products. */
  readonly skus?: readonly string[] | undefined;
}
