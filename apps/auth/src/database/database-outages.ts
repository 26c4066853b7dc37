import type { Clock } from '@watchword/auth';
import { isDatabaseUnavailable } from '@watchword/platform';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from './auth-database.js';

/** Milliseconds between two looks whether the database is back. */
const INTERVAL = 500;
/** Older outages are forgotten. */
const MOST = 100;

interface Outage {
  readonly from: number;
  /** Left open while it goes on. */
  until?: number;
}

/** Knows when this instance had no database. All times are in milliseconds since the epoch. */
export class DatabaseOutages {
  private readonly outages: Outage[] = [];

  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  /** Does the work. Where it fails because there is no database, that has lasted since the work began. */
  async observe<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.clock.now();
    try {
      return await work();
    } catch (error) {
      if (isDatabaseUnavailable(error)) this.begin(begun);
      throw error;
    }
  }

  /** For how much of the time between two moments there was no database. */
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
