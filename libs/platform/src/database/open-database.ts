import type { DatabaseSchema } from './database.js';
import type { DatabaseOptions, OpenDatabase } from './database-options.js';
import { openPglite } from './pglite/open-pglite.js';
import { openPostgres } from './postgres/open-postgres.js';

/** Opens the database of an app and migrates it. On PostgreSQL several instances may do this at the same time. */
export function openDatabase<S extends DatabaseSchema>(options: DatabaseOptions<S>): Promise<OpenDatabase<S>> {
  const { url } = options;
  return url === undefined ? openPglite(options) : openPostgres({ ...options, url });
}
