import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { sql } from 'drizzle-orm';
import type { AuthDatabase } from './auth-database.js';
import { firstIdOf } from './new-id.js';

const INTERVAL_MS = 600_000;

/** The number of audit log entries that one statement deletes. */
const BATCH = 10_000;

/**
 * Deletes data that is no longer needed: ended sessions, events without effect, expired assertions and codes, and entries of the audit
 * log that are older than its retention time.
 */
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Housekeeping');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: AuthDatabase,
    private readonly clock: Clock,
    /** The retention time of the audit log, in milliseconds. */
    private readonly auditLogRetention: number,
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

  /** Runs once. Several instances may do this at the same time. */
  async run(): Promise<void> {
    const now = sql`${new Date(this.clock.now()).toISOString()}::timestamptz`;
    await this.db.execute(sql`
      delete from sessions where (ended_at is not null or expires_at < ${now}) and tokens_expire_at < ${now}`);
    // Only from the beginning, up to the first event that still has an effect: the remaining numbers have no gaps.
    await this.db.execute(sql`
      delete from security_events where expires_at < ${now}
        and seq < coalesce((select min(seq) from security_events where expires_at >= ${now}), 9223372036854775807)`);
    await this.db.execute(sql`delete from password_resets where expires_at < ${now}`);
    await this.db.execute(sql`delete from used_client_assertions where expires_at < ${now}`);
    await this.pruneAuditLog();
  }

  /** By id, because ids are ordered by time. In batches, so that no statement takes long. */
  private async pruneAuditLog(): Promise<void> {
    const end = firstIdOf(this.clock.now() - this.auditLogRetention);
    for (let removed = BATCH; removed === BATCH;) {
      const { rows } = await this.db.execute(sql`
        with oldest as (select id from audit_log where id < ${end}::uuid order by id limit ${BATCH})
        delete from audit_log using oldest where audit_log.id = oldest.id returning 1`);
      removed = rows.length;
    }
  }
}
