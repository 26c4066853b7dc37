import type { PGlite } from '@electric-sql/pglite';

/** The interval between two checks, in milliseconds. */
const INTERVAL_MS = 30_000;
/** How much WAL may be written before the maintenance runs, in bytes. */
const WRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * The background work of a PostgreSQL server, which PGlite does not do because it is a single process. Without checkpoints, the
 * WAL and the recovery after a crash would grow without limit. Without vacuum, the old versions of changed rows would stay.
 */
export class PgliteUpkeep {
  private readonly timer: NodeJS.Timeout;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: PGlite,
    private readonly warn: (message: string) => void,
  ) {
    this.timer = setInterval(() => {
      this.running = this.running.then(() => this.tidyUpIfDue()).catch((error: unknown) => this.report(error));
    }, INTERVAL_MS).unref();
  }

  /** Resolves when no maintenance runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Runs the maintenance if enough was written since the last time. */
  async tidyUpIfDue(): Promise<boolean> {
    const { rows } = await this.client.query<{ written: number }>(
      'select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 as written from pg_control_checkpoint()',
    );
    if ((rows[0]?.written ?? 0) < WRITTEN_BYTES) return false;
    await this.client.exec('vacuum (analyze)');
    await this.client.exec('checkpoint');
    return true;
  }

  private report(error: unknown): void {
    this.warn(
      `The maintenance of the embedded database failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
