/** Converts the seconds of the environment to the milliseconds of the clock. */
export function inMilliseconds<K extends string>(seconds: Readonly<Record<K, number>>): Readonly<Record<K, number>> {
  return Object.fromEntries(Object.entries<number>(seconds).map(([name, value]) => [name, value * 1000])) as Record<
    K,
    number
  >;
}
