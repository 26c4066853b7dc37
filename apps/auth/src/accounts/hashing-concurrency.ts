import { OperatorError } from '@watchword/platform';

/** Threads for signatures, files and DNS look-ups, in addition to those for hashing. */
const OTHERS = 4;

/**
 * How many passwords are hashed at the same time. Each uses a CPU core and a thread of the pool. At least one thread is left for
 * signatures, files and DNS look-ups.
 *
 * @param configured 0 for one less than the number of cores, if the pool has enough threads
 * @throws OperatorError if the hashes could use all threads of the pool; it says what to set
 */
export function hashingConcurrency(configured: number, { cores, threads }: { cores: number; threads: number }): number {
  const most = threads - 1;
  if (most < 1 || configured > most) {
    throw new OperatorError(
      `${String(Math.max(configured, 1))} concurrent password hashes would use all ${String(threads)} threads of the pool, and everything else would wait ` +
        `for them. Start the process with UV_THREADPOOL_SIZE=${String(Math.max(configured, 1) + OTHERS)} or more in its environment (not in .env)` +
        (most < 1 ? '' : `, or set PASSWORD_HASH_CONCURRENCY to ${String(most)} or less`),
    );
  }
  return configured === 0 ? Math.min(Math.max(1, cores - 1), most) : configured;
}
