import { readMigrationFiles } from 'drizzle-orm/migrator';
import { OperatorError } from '../errors/operator-error.js';

export interface HistoryOptions {
  /** Runs one statement on the database that is about to be migrated. */
  readonly query: (statement: string) => Promise<{ readonly rows: readonly unknown[] }>;
  readonly migrationsFolder: string;
  /** Names the database, for the message. */
  readonly database: string;
  /** How the operator gets an empty one, for the message. */
  readonly remedy: string;
}

/**
 * Compares the migrations that the database has with those of this version, as far back as both go. drizzle would apply
 * all that are newer than the database's last one, whatever came before: a statement of one of them would fail, or a later one.
 *
 * A database with newer migrations than this version knows is fine: an instance of the next version made them.
 *
 * @throws OperatorError where the database was made by other migrations
 */
export async function assertSameHistory(options: HistoryOptions): Promise<void> {
  const applied = await appliedMigrations(options.query);
  const known = readMigrationFiles(options).map(({ folderMillis }) => folderMillis);
  const until = Math.min(Math.max(...applied), Math.max(...known));
  const common = (migrations: number[]) => migrations.filter((time) => time <= until).join();
  if (common(applied) === common(known)) return;
  throw new OperatorError(
    `${options.database} was made by other migrations than those of this version: by a version before 0.1.0, or by another app. ` +
      `It cannot be brought up to date. ${options.remedy}`,
  );
}

/** Times of the migrations, by which drizzle knows them; none where the database is new. */
async function appliedMigrations(query: HistoryOptions['query']): Promise<number[]> {
  const table = 'drizzle.__drizzle_migrations';
  const { rows: tables } = await query(`select 1 where to_regclass('${table}') is not null`);
  if (tables.length === 0) return [];
  const { rows } = await query(`select created_at from ${table} order by created_at`);
  return rows.map((row) => Number((row as { created_at: unknown }).created_at));
}
