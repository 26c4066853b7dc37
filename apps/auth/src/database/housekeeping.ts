import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from './auth-database.js';

const INTERVAL_MS = 600_000;

/** Removes what nobody can need any more: sessions that are over, events that deny nothing, assertions that expired. */
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Housekeeping');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.run().catch((error: unknown) => this.logger.warn(String(error)));
    }, INTERVAL_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One round. Several instances may do it at once. */
  async run(): Promise<void> {
    const now = sql`${new Date(this.clock.now()).toISOString()}::timestamptz`;
    await this.db.execute(sql`
      delete from sessions where (ended_at is not null or expires_at < ${now}) and tokens_expire_at < ${now}`);
    // From the beginning only, up to the first that still matters: what is left stays dense.
    await this.db.execute(sql`
      delete from security_events where expires_at < ${now}
        and seq < coalesce((select min(seq) from security_events where expires_at >= ${now}), 9223372036854775807)`);
    await this.db.execute(sql`delete from used_client_assertions where expires_at < ${now}`);
  }
}
