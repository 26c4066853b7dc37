import { PGlite, type PGliteOptions } from '@electric-sql/pglite';

/** Settings of the server inside (PostgreSQL, chapter 19), for one process with little data instead of a machine of its own. */
const SETTINGS = {
  // Of 128 MB: a process is 120 MB smaller.
  shared_buffers: '16MB',
  // Segments that a checkpoint frees are deleted, not kept for later.
  wal_recycle: 'off',
  min_wal_size: '2MB',
  max_wal_size: '8MB',
};

/**
 * WAL segments of 1 MiB instead of 16 make initdb take 1.8 s instead of 4.3.
 * With `relaxedDurability: false` an answered commit is in the operating system's hands, so it outlives the process.
 * It does not outlive the machine's power: PGlite can't flush to disk. That needs a PostgreSQL server.
 */
export const PGLITE_OPTIONS: PGliteOptions = {
  relaxedDurability: false,
  initDbStartParams: ['--wal-segsize=1'],
  startParams: [
    ...PGlite.defaultStartParams,
    ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
};
