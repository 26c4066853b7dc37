import { OperatorError } from '@watchword/platform';

/** Threads for signatures, files and names of hosts, beside those that hash. */
const OTHERS = 4;

/**
 * How many passwords are hashed at once. Each takes a thread of the pool for as long as it takes a core, and one thread at least is
 * left to signatures, files and names of hosts.
 *
 * @param configured 0 for one less than there are cores, as far as the pool has threads for it
 * @throws OperatorError where the hashes could fill the pool; it says what to set
 */
export function hashingConcurrency(configured: number, { cores, threads }: { cores: number; threads: number }): number {
  const most = threads - 1;
  if (most < 1 || configured > most) {
    throw new OperatorError(
      `${String(Math.max(configured, 1))} password hashes at once would fill the thread pool of ${String(threads)}, and everything else would wait ` +
        `for them. Start the process with UV_THREADPOOL_SIZE=${String(Math.max(configured, 1) + OTHERS)} or more in its environment (not in .env)` +
        (most < 1 ? '' : `, or set PASSWORD_HASH_CONCURRENCY to ${String(most)} or less`),
    );
  }
  return configured === 0 ? Math.min(Math.max(1, cores - 1), most) : configured;
}
