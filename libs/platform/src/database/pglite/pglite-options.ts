import type { PGliteOptions } from '@electric-sql/pglite';

/**
 * WAL segments of 1 MiB instead of 16: initdb takes 1.8 s instead of 4.3, and a fresh directory 30 MB instead of 39.
 * An answered commit is in the operating system's hands (`relaxedDurability: false`), so it outlives the process.
 */
export const PGLITE_OPTIONS: PGliteOptions = {
  relaxedDurability: false,
  initDbStartParams: ['--wal-segsize=1'],
};
