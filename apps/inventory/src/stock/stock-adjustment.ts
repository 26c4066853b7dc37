import type { Owner } from '../owners/owner.js';

/** A change of the stock that is not a reservation. */
export interface StockAdjustment {
  /** Chosen by the sender. An adjustment is applied once, even if it arrives several times. */
  readonly adjustmentId: string;
  readonly sku: string;
  /** Pieces to add; negative to remove them. */
  readonly delta: number;
  /** The caller who requested it. */
  readonly by: Owner;
  readonly at: Date;
}

/** `refused`: the stock would be negative or above the limit. `repeated`: it was applied before, so nothing changed. */
export type AdjustmentOutcome = 'applied' | 'refused' | 'repeated';
