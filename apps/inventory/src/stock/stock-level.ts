export interface StockLevel {
  readonly sku: string;
  /** Pieces that are not reserved. */
  readonly available: number;
}

/** A larger stock of one SKU is considered a mistake. */
export const MAX_AVAILABLE = 1_000_000_000;
