import type { Clock } from '@watchword/auth';
import { isDatabaseUnavailable } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from './auth-database.js';

/** Milliseconds between two checks whether the database is available again. */
const INTERVAL = 500;
/** The maximum number of stored outages; older ones are dropped. */
const MOST = 100;

interface Outage {
  readonly from: number;
  /** Undefined during the outage. */
  until?: number;
}

/** Records when the database was unavailable for this instance. All times are in milliseconds since the epoch. */
export class DatabaseOutages {
  private readonly outages: Outage[] = [];

  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /** Runs the work. If it fails because the database is unavailable, the outage counts from the start of the work. */
  async observe<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.clock.now();
    try {
      return await work();
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.begin(begun);
      throw error;
    }
  }

  /** For how long the database was unavailable between two times, in milliseconds. */
  during(from: number, to: number): number {
    return this.outages.reduce((sum, outage) => {
      const overlap = Math.min(outage.until ?? to, to) - Math.max(outage.from, from);
      return sum + Math.max(0, overlap);
    }, 0);
  }

  private begin(from: number): void {
    const last = this.outages.at(-1);
    if (last !== undefined && last.until === undefined) return;
    const outage: Outage = { from: Math.max(from, last?.until ?? from) };
    this.outages.push(outage);
    if (this.outages.length > MOST) this.outages.shift();
    this.awaitEnd(outage);
  }

  private awaitEnd(outage: Outage): void {
    setTimeout(() => void this.look(outage), INTERVAL).unref();
  }

  private async look(outage: Outage): Promise<void> {
    try {
      await this.db.execute(sql`select 1`);
      outage.until = this.clock.now();
    } catch {
      this.awaitEnd(outage);
    }
  }
}
