import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database, DatabaseSchema } from '../database/database.js';
import type { OpenDatabase } from '../database/database-options.js';
import { openDatabase } from '../database/open-database.js';
import { createTestDatabase, describeOnPostgres } from './postgres.js';

export interface TestDatabaseOptions<S extends DatabaseSchema> {
  readonly schema: S;
  readonly migrationsFolder: string;
  /** The maximum number of connections to PostgreSQL; default 10. */
  readonly poolSize?: number;
}

/** Long enough to create PGlite's template on a busy machine, in milliseconds. */
const OPEN_TIMEOUT_MS = 60_000;

/**
 * `describe` that runs its body twice: on the embedded database and on PostgreSQL, each new and migrated.
 * If no PostgreSQL is reachable, that half is skipped, with the reason in its title.
 *
 * @param body receives a function that returns the database (call it inside tests and hooks), and the kind of the database
 */
export function describeOnEachDatabase<S extends DatabaseSchema>(
  title: string,
  options: TestDatabaseOptions<S>,
  body: (database: () => Database<S>, kind: OpenDatabase<S>['kind']) => void,
): void {
  describe(`${title}, on PGlite`, () => {
    runOn(options, temporaryDirectory, (database) => body(database, 'pglite'));
  });
  describeOnPostgres(`${title}, on PostgreSQL`, () => {
    runOn(options, createTestDatabase, (database) => body(database, 'postgres'));
  });
}

function runOn<S extends DatabaseSchema>(
  { schema, migrationsFolder, poolSize = 10 }: TestDatabaseOptions<S>,
  prepare: () => Promise<{ url?: string; dataDirectory?: string; drop(): Promise<void> }>,
  body: (database: () => Database<S>) => void,
): void {
  let place: Awaited<ReturnType<typeof prepare>> | undefined;
  let open: OpenDatabase<S> | undefined;

  beforeAll(async () => {
    place = await prepare();
    open = await openDatabase({
      app: 'test',
      schema,
      migrationsFolder,
      url: place.url,
      dataDirectory: place.dataDirectory ?? '',
      poolSize,
      warn: () => undefined,
    });
  }, OPEN_TIMEOUT_MS);

  afterAll(async () => {
    await open?.close();
    await place?.drop();
  });

  body(() => {
    if (open === undefined) throw new Error('The database is only open inside tests and hooks');
    return open.db;
  });
}

async function temporaryDirectory(): Promise<{ dataDirectory: string; drop(): Promise<void> }> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'watchword-test-'));
  return { dataDirectory, drop: () => rm(dataDirectory, { recursive: true, force: true }) };
}
