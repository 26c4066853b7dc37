export interface StockLevel {
  readonly sku: string;
  /** Pieces that nobody has reserved. */
  readonly available: number;
}

/** More than this of one SKU is taken for a mistake. */
export const MAX_AVAILABLE = 1_000_000_000;
