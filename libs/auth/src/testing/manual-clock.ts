import type { Clock } from '../verification/index.js';

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  /** @param time in milliseconds since the epoch */
  constructor(private time: number = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  /** @param seconds may be negative */
  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
