import type { Database, DatabaseSchema } from './database.js';
import { openPglite } from './pglite/open-pglite.js';
import { openPostgres } from './postgres/open-postgres.js';

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

/** Opens an app's database and brings its schema up to date. Several instances may do so at once on PostgreSQL. */
export function openDatabase<S extends DatabaseSchema>(options: DatabaseOptions<S>): Promise<OpenDatabase<S>> {
  const { url } = options;
  return url === undefined ? openPglite(options) : openPostgres({ ...options, url });
}
