import type { PGlite } from '@electric-sql/pglite';

/** How often to look, in milliseconds. */
const INTERVAL_MS = 30_000;
/** How much may be written before it is tidied up, in bytes. */
const WRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * What a PostgreSQL server does in the background and PGlite does not, because it is one process: without checkpoints the
 * WAL would grow forever (and the recovery after a crash with it), without vacuum every changed row would leave its old self.
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

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Does its work if enough was written since the last time. */
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
      `The embedded database could not be tidied up: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
