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

/** A page of a list that is ordered by SKU. */
export interface ProductPage {
  readonly items: readonly Product[];
  /** The value of `after` for the next page; null on the last page. */
  readonly next: string | null;
}

export interface ProductQuery {
  readonly limit: number;
  /** Only products whose SKU sorts after this one. */
  readonly after?: string | undefined;
  /** Only products with these SKUs. */
  readonly skus?: readonly string[] | undefined;
}
