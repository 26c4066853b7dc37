import { tokenOf } from '@watchword/platform';
import type { AdjustmentOutcome, StockAdjustment } from './stock-adjustment.js';
import type { StockLevel } from './stock-level.js';

/** Where stock is counted. */
export interface StockStore {
  /** The levels of those SKUs that are known. */
  read(skus: readonly string[]): Promise<readonly StockLevel[]>;
  /** Applies it, all or nothing, and remembers that it did. */
  adjust(adjustment: StockAdjustment): Promise<AdjustmentOutcome>;
  /** Adds this stock unless that was done before under this name, whatever became of it since. */
  seedOnce(name: string, levels: readonly StockLevel[]): Promise<void>;
}

export const StockStore = tokenOf<StockStore>(Symbol('StockStore'));
