import type { DatabaseSchema } from './database.js';
import type { DatabaseOptions, OpenDatabase } from './database-options.js';
import { openPglite } from './pglite/open-pglite.js';
import { openPostgres } from './postgres/open-postgres.js';

/** Opens an app's database and brings its schema up to date. Several instances may do so at once on PostgreSQL. */
export function openDatabase<S extends DatabaseSchema>(options: DatabaseOptions<S>): Promise<OpenDatabase<S>> {
  const { url } = options;
  return url === undefined ? openPglite(options) : openPostgres({ ...options, url });
}
