import type { Database, DatabaseSchema } from './database.js';

export interface DatabaseOptions<S extends DatabaseSchema = DatabaseSchema> {
  /** The app's name: its directory below `dataDirectory`, and its name in `pg_stat_activity`. */
  readonly app: string;
  /** `import * as schema from './schema.js'` */
  readonly schema: S;
  /** Made by drizzle-kit; has `meta/_journal.json`. */
  readonly migrationsFolder: string;
  /** A PostgreSQL server; without it, an embedded PGlite below `dataDirectory`. */
  readonly url?: string | undefined;
  /** Most connections to PostgreSQL. */
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
  /** Waits for what runs, then closes. */
  close(): Promise<void>;
}
