import { setTimeout as delay } from 'node:timers/promises';

/** The value once it is another one. Asks again and again; fails after ten seconds. */
export async function changed<T>(ask: () => Promise<T>, before: T): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const value = await ask();
    if (value !== before) return value;
    await delay(50);
  }
  throw new Error(`it is ${String(before)} still, after ten seconds`);
}
