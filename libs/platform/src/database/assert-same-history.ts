import { readMigrationFiles } from 'drizzle-orm/migrator';
import { OperatorError } from '../errors/operator-error.js';

export interface HistoryOptions {
  /** Runs a statement on the database that will be migrated. */
  readonly query: (statement: string) => Promise<{ readonly rows: readonly unknown[] }>;
  readonly migrationsFolder: string;
  /** The database, for the message. */
  readonly database: string;
  /** How the operator gets an empty database, for the message. */
  readonly remedy: string;
}

/**
 * Compares the applied migrations of the database with the migrations of this version. drizzle does not compare them: it applies all
 * migrations that are newer than the last applied one, which would fail on a database with another history.
 *
 * A database with newer migrations than this version has is accepted: an instance of the next version applied them.
 *
 * @throws OperatorError if the database was created by other migrations
 */
export async function assertSameHistory(options: HistoryOptions): Promise<void> {
  const applied = await appliedMigrations(options.query);
  const known = readMigrationFiles(options).map(({ folderMillis }) => folderMillis);
  const until = Math.min(Math.max(...applied), Math.max(...known));
  const common = (migrations: number[]) => migrations.filter((time) => time <= until).join();
  if (common(applied) === common(known)) return;
  throw new OperatorError(
    `${options.database} was created by other migrations than those of this version: by a version before 0.1.0, or by another app. ` +
      `It cannot be migrated. ${options.remedy}`,
  );
}

/** The times of the applied migrations, which drizzle uses as their ids; empty for a new database. */
async function appliedMigrations(query: HistoryOptions['query']): Promise<number[]> {
  const table = 'drizzle.__drizzle_migrations';
  const { rows: tables } = await query(`select 1 where to_regclass('${table}') is not null`);
  if (tables.length === 0) return [];
  const { rows } = await query(`select created_at from ${table} order by created_at`);
  return rows.map((row) => Number((row as { created_at: unknown }).created_at));
}
