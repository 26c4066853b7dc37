/** What one contender did in one round. */
export interface Sample {
  /** Operations a second of wall time. */
  readonly perSecond: number;
  /** CPU microseconds of the measured process, all threads, for one operation. */
  readonly cpuMicroseconds: number;
}

/** Something measured beside others. */
export interface Contender {
  readonly name: string;
  /** One round: does the work, long enough to be measured and no longer. */
  readonly round: () => Promise<Sample>;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
