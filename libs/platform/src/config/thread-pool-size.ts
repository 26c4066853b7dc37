/** The default and the maximum of libuv. */
const DEFAULT = 4;
const MOST = 1024;

/**
 * The number of threads in libuv's pool in this process. The pool is used for files, DNS look-ups, node:crypto and native packages.
 *
 * libuv reads `UV_THREADPOOL_SIZE` once, before any code of an app runs. So it must be set when the process is started; `.env` has
 * no effect on it.
 */
export function threadPoolSize(variable: string | undefined = process.env['UV_THREADPOOL_SIZE']): number {
  if (variable === undefined) return DEFAULT;
  const threads = Number.parseInt(variable, 10) || 1;
  return threads < 0 ? MOST : Math.min(threads, MOST);
}
