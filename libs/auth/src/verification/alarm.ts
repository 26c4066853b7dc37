import type { Clock } from './clock.js';

/** Node's timers count in 32 bits: a longer wait would be over at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Calls `ring` once, when the clock shows `time`.
 *
 * @param time in milliseconds since the epoch
 * @returns cancels it
 */
export function setAlarm(clock: Clock, time: number, ring: () => void): () => void {
  if (clock.setAlarm !== undefined) return clock.setAlarm(time, ring);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    timer = setTimeout(() => (clock.now() < time ? wait() : ring()), Math.min(time - clock.now(), LONGEST_MS)).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
