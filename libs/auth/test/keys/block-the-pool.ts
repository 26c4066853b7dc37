import { scrypt } from 'node:crypto';

/** Password hashes hold every thread of libuv's pool, and as many wait; `ended` says how many are done. */
export function blockThePool(): { ended: () => number; all: Promise<unknown> } {
  let ended = 0;
  const job = () =>
    new Promise<void>((resolve, reject) => {
      scrypt('password', 'salt', 64, { N: 2 ** 16, maxmem: 2 ** 27 }, (error) => {
        ended += 1;
        if (error === null) resolve();
        else reject(error);
      });
    });
  const jobs = Array.from({ length: 2 * Number(process.env.UV_THREADPOOL_SIZE ?? 4) }, job);
  return { ended: () => ended, all: Promise.all(jobs) };
}
