/** libuv's own, and the most that it takes. */
const DEFAULT = 4;
const MOST = 1024;

/**
 * How many threads libuv's pool has in this process: files, look-ups of hosts, and what node:crypto and native packages compute.
 *
 * libuv reads `UV_THREADPOOL_SIZE` once, at the pool's first use, before any line of an app runs. So what counts is what the process
 * was started with, not `.env`.
 */
export function threadPoolSize(variable: string | undefined = process.env['UV_THREADPOOL_SIZE']): number {
  if (variable === undefined) return DEFAULT;
  const threads = Number.parseInt(variable, 10) || 1;
  return threads < 0 ? MOST : Math.min(threads, MOST);
}
