import { tokenOf } from '@watchword/platform';
import type { AdjustmentOutcome, StockAdjustment } from './stock-adjustment.js';
import type { StockLevel } from './stock-level.js';

/** Stores the stock levels. */
export interface StockStore {
  /** The stock levels of the known SKUs among these. */
  read(skus: readonly string[]): Promise<readonly StockLevel[]>;
  /** Applies an adjustment atomically, and records it. */
  adjust(adjustment: StockAdjustment): Promise<AdjustmentOutcome>;
  /** Adds this stock, unless that was done before under this name, even if it was changed since. */
  seedOnce(name: string, levels: readonly StockLevel[]): Promise<void>;
}

export const StockStore = tokenOf<StockStore>(Symbol('StockStore'));
