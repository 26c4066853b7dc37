import { join } from 'node:path';
import { PGlite, type QueryOptions, type Results } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { OperatorError } from '../../errors/operator-error.js';
import type { Database, DatabaseSchema } from '../database.js';
import type { DatabaseOptions, OpenDatabase } from '../database-options.js';
import { assertSameHistory } from '../assert-same-history.js';
import { TransactionScope } from '../transaction-scope.js';
import { DirectoryLock } from './directory-lock.js';
import { prepareDataDirectory } from './prepare-data-directory.js';
import { PgliteUpkeep } from './pglite-upkeep.js';
import { PGLITE_OPTIONS } from './pglite-options.js';

/**
 * Opens the embedded database of an app. Only one process may have its directory open.
 *
 * @throws OperatorError if another process has it open, the directory cannot be used, or it was created by other migrations
 */
export async function openPglite<S extends DatabaseSchema>(options: DatabaseOptions<S>): Promise<OpenDatabase<S>> {
  try {
    return await openLocked(options, join(options.dataDirectory, options.app));
  } catch (error) {
    if (!isFileSystemError(error)) throw error;
    throw new OperatorError(
      `The data directory ${options.dataDirectory} cannot be used (${error.message}). ` +
        'Set DATA_DIR to a directory that this user may write, or DATABASE_URL.',
    );
  }
}

async function openLocked<S extends DatabaseSchema>(
  options: DatabaseOptions<S>,
  directory: string,
): Promise<OpenDatabase<S>> {
  const lock = await DirectoryLock.acquire(`${directory}.lock`, { purpose: `the database in ${directory}` });
  const scope = new TransactionScope();
  let client: PGlite | undefined;
  try {
    await prepareDataDirectory(directory, options.dataDirectory);
    client = await openClient(scope, directory);
    await bringUpToDate(client, directory, options);
    const db = drizzle({ client, schema: options.schema });
    // The drivers differ only in the result of raw statements, and both have what QueryResult declares.
    return opened(scope.watch(db as unknown as Database<S>), client, lock, options.warn);
  } catch (error) {
    await client?.close();
    await lock.release();
    throw error;
  }
}

async function bringUpToDate(
  client: PGlite,
  directory: string,
  { migrationsFolder }: { readonly migrationsFolder: string },
): Promise<void> {
  await assertSameHistory({
    query: (statement) => client.query(statement),
    migrationsFolder,
    database: `The embedded database in ${directory}`,
    remedy: 'Delete that directory to begin with an empty one; its data is lost.',
  });
  await migrate(drizzle({ client }), { migrationsFolder });
}

function opened<S extends DatabaseSchema>(
  db: Database<S>,
  client: PGlite,
  lock: DirectoryLock,
  warn: (message: string) => void,
): OpenDatabase<S> {
  const upkeep = new PgliteUpkeep(client, warn);
  return {
    db,
    kind: 'pglite',
    ping: async () => void (await client.exec('select 1')),
    close: async () => {
      await upkeep.stop();
      if (!client.closed) await client.close();
      await lock.release();
    },
  };
}

/** An error of a system call on a path: for example no permission, no space, or a file with that name. */
function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'path' in error;
}

async function openClient(scope: TransactionScope, directory: string): Promise<PGlite> {
  const client = new ScopedPglite(scope, directory);
  try {
    await client.waitReady;
    return client;
  } catch (cause) {
    throw new OperatorError(
      `The embedded database in ${directory} cannot be opened. Was it created by another version of PGlite? ` +
        'Move it away to begin with an empty one.',
      { cause },
    );
  }
}

/** PGlite that refuses queries outside of the transaction while the caller is inside one. */
class ScopedPglite extends PGlite {
  constructor(
    private readonly scope: TransactionScope,
    directory: string,
  ) {
    super(directory, PGLITE_OPTIONS);
  }

  override async query<T>(query: string, params?: unknown[], options?: QueryOptions): Promise<Results<T>> {
    // The constructor of the base class sends queries before `scope` is set.
    (this.scope as TransactionScope | undefined)?.assertOutside();
    return super.query<T>(query, params, options);
  }
}
