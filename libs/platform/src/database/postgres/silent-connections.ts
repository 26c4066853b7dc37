import type pg from 'pg';
import { databaseError } from '../../errors/database-error.js';
import { WatchedClient } from './watched-client.js';

const INTERVAL_MS = 500;
/** A connection on which an answer is due for so long is looked into. */
const SILENCE_MS = 1_000;
/** How long it may take to ask the server about it. */
const INQUIRY_MS = 2_000;

/** An answer never came, and the server does not work on one. `code` is the operating system's for this. */
class SilentConnectionError extends Error {
  override readonly name = 'SilentConnectionError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('The connection to PostgreSQL fell silent');
  }
}

/**
 * Finds connections that fell silent: packets get lost, and no reset comes. TCP itself gives up on one only after a quarter
 * of an hour, and a time limit for all statements would end those that are only slow or wait for a lock. So the server is
 * asked, on a connection of its own: where it does not answer, or does not work on the statement, the connection is given up.
 */
export class SilentConnections {
  private readonly clients = new Set<WatchedClient>();
  private readonly timer: NodeJS.Timeout;
  private asking = false;

  /** @param config of the inquiring connections */
  constructor(
    pool: pg.Pool,
    private readonly config: pg.ClientConfig,
    private readonly warn: (message: string) => void,
  ) {
    pool.on('connect', (client) => void (client instanceof WatchedClient && this.clients.add(client)));
    pool.on('remove', (client) => void (client instanceof WatchedClient && this.clients.delete(client)));
    this.timer = setInterval(() => void this.look(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const silent = this.silentOnes();
    if (silent.length === 0 || this.asking) return;
    this.asking = true;
    const working = await this.workingOn(silent).catch(unlessAnswered);
    this.asking = false;
    if (working === 'unknown') return;
    for (const client of this.silentOnes()) {
      if (!silent.includes(client) || working.has(client.processID ?? 0)) continue;
      this.warn('A connection to PostgreSQL fell silent and was given up');
      client.abandon(new SilentConnectionError());
    }
  }

  private silentOnes(): WatchedClient[] {
    const now = performance.now();
    return [...this.clients].filter((client) => client.silentFor(now) >= SILENCE_MS);
  }

  /** Ids of the server's processes that have a statement of these connections under way. */
  private async workingOn(clients: readonly WatchedClient[]): Promise<Set<number>> {
    const inquirer = new WatchedClient({ ...this.config, application_name: 'silence inquiry' });
    const deadline = setTimeout(() => inquirer.abandon(new SilentConnectionError()), INQUIRY_MS);
    try {
      await inquirer.connect();
      const { rows } = await inquirer.query<{ pid: number }>(
        "select pid from pg_stat_activity where pid = any($1) and state not like 'idle%'",
        [clients.map(({ processID }) => processID)],
      );
      return new Set(rows.map(({ pid }) => pid));
    } finally {
      clearTimeout(deadline);
      // Not awaited: on a connection that fell silent as well, the end may never be told.
      inquirer.end().catch(() => undefined);
    }
  }
}

/** A server that refuses the inquiry (it has no connection to spare, say) is there: what it works on is not known. */
function unlessAnswered(error: unknown): ReadonlySet<number> | 'unknown' {
  return databaseError(error) === undefined ? new Set() : 'unknown';
}
