import type { Owner } from '../owners/owner.js';

/** Pieces that came in or went out other than by a reservation. */
export interface StockAdjustment {
  /** Chosen by the sender; an adjustment is applied once, however often it arrives. */
  readonly adjustmentId: string;
  readonly sku: string;
  /** Pieces added, or taken away where negative. */
  readonly delta: number;
  /** Who asked for it. */
  readonly by: Owner;
  readonly at: Date;
}

/** `refused`: it would have brought the stock below zero or beyond the limit. `repeated`: known already, nothing changed. */
export type AdjustmentOutcome = 'applied' | 'refused' | 'repeated';
