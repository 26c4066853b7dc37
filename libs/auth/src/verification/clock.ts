/** The current time. Injected, so that tests can control it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Calls `ring` once, when it is `time`, in milliseconds since the epoch. Default: a timer of Node.js.
   *
   * @returns cancels it
   */
  setAlarm?(time: number, ring: () => void): () => void;
}

/**
 * The clock of this machine. The default wherever a clock can be given.
 *
 * @example
 * ```ts
 * import { type Clock, systemClock } from '@watchword/auth/verification';
 *
 * // A clock that is a minute fast.
 * export const fast: Clock = { now: () => systemClock.now() + 60_000 };
 * ```
 */
export const systemClock: Clock = { now: () => Date.now() };
