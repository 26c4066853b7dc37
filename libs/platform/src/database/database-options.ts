import type { Database, DatabaseSchema } from './database.js';

export interface DatabaseOptions<S extends DatabaseSchema = DatabaseSchema> {
  /** The app's name: used for its directory below `dataDirectory`, and in `pg_stat_activity`. */
  readonly app: string;
  /** `import * as schema from './schema.js'` */
  readonly schema: S;
  /** Created by drizzle-kit; contains `meta/_journal.json`. */
  readonly migrationsFolder: string;
  /** The URL of a PostgreSQL server; without it, an embedded PGlite below `dataDirectory` is used. */
  readonly url?: string | undefined;
  /** The maximum number of connections to PostgreSQL. */
  readonly poolSize: number;
  readonly dataDirectory: string;
  readonly warn: (message: string) => void;
}

/** A database that is open and migrated. */
export interface OpenDatabase<S extends DatabaseSchema = DatabaseSchema> {
  readonly db: Database<S>;
  readonly kind: 'pglite' | 'postgres';
  /** Rejects while the database does not answer. */
  ping(): Promise<void>;
  /** Waits for running queries, then closes. */
  close(): Promise<void>;
}
