import type pg from 'pg';
import { databaseError } from '../../errors/database-error.js';
import { WatchedClient } from './watched-client.js';

const INTERVAL_MS = 500;
/** A connection that has waited so long for an answer is checked. */
const SILENCE_MS = 1_000;
/** How long the check may take. */
const INQUIRY_MS = 2_000;

/** There was no answer, and the server does not work on one. `code` is that of the operating system for this case. */
class SilentConnectionError extends Error {
  override readonly name = 'SilentConnectionError';
  readonly code = 'ETIMEDOUT';

  constructor() {
    super('The connection to PostgreSQL became silent');
  }
}

/**
 * Finds silent connections, on which packets are lost without a reset. TCP itself gives up only after a quarter of an hour, and a
 * time limit for all statements would also abort slow statements and those that wait for a lock. So the server is asked, on a
 * separate connection: if it does not answer, or does not work on the statement, the silent connection is closed.
 */
export class SilentConnections {
  private readonly clients = new Set<WatchedClient>();
  private readonly timer: NodeJS.Timeout;
  private asking = false;

  /** @param config for the connections that ask the server */
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
    const working = await this.ask(silent);
    this.asking = false;
    if (working === 'unknown') return;
    for (const client of this.silentOnes()) {
      if (!silent.includes(client) || working.has(client.processID ?? 0)) continue;
      this.warn('A connection to PostgreSQL became silent and was closed');
      client.abandon(new SilentConnectionError());
    }
  }

  /** A server that does not answer is asked a second time: on a busy machine it may be only slow to let the question in. */
  private async ask(silent: readonly WatchedClient[]): Promise<ReadonlySet<number> | 'unknown'> {
    const answer = await this.workingOn(silent).catch(withoutAnswer);
    if (answer !== 'unanswered') return answer;
    const second = await this.workingOn(silent).catch(withoutAnswer);
    return second === 'unanswered' ? new Set() : second;
  }

  private silentOnes(): WatchedClient[] {
    const now = performance.now();
    return [...this.clients].filter((client) => client.silentFor(now) >= SILENCE_MS);
  }

  /** The ids of the server processes that work on a statement of these connections. */
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
      // Not awaited: if this connection is silent too, its end may never arrive.
      inquirer.end().catch(() => undefined);
    }
  }
}

/** A server that refuses the question (it has no free connection, for example) is running, but it is unknown what it works on. */
function withoutAnswer(error: unknown): 'unanswered' | 'unknown' {
  return databaseError(error) === undefined ? 'unanswered' : 'unknown';
}
