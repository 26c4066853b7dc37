import { setTimeout as sleep } from 'node:timers/promises';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { OperatorError } from '../../errors/operator-error.js';
import { databaseError } from '../../errors/database-error.js';
import { assertSameHistory } from '../assert-same-history.js';

/** The id of the advisory lock with which one instance at a time migrates a database: "watchwrd" in ASCII. */
export const MIGRATION_LOCK = 0x77617463_68777264n;
/** How long to wait for a server that is starting, in milliseconds. */
const PATIENCE_MS = 15_000;
const RETRY_MS = 500;
/** SQLSTATE: insufficient privilege. */
const INSUFFICIENT_PRIVILEGE = '42501';

export interface MigrationOptions {
  readonly app: string;
  readonly url: string;
  readonly migrationsFolder: string;
  readonly warn: (message: string) => void;
}

/**
 * Migrates the schema. Instances that start at the same time do this one after the other, with an advisory lock on a separate
 * connection: the lock ends with the connection, also if this process is killed.
 *
 * @throws DatabaseUnreachableError, or OperatorError if the role may not change the schema, or it was created by other migrations
 */
export async function migratePostgres(options: MigrationOptions): Promise<void> {
  const client = await connect(options);
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK.toString()]);
    await assertSameHistory({
      query: (statement) => client.query(statement),
      migrationsFolder: options.migrationsFolder,
      database: 'The database of DATABASE_URL',
      remedy: 'Drop it and create an empty one; its data is lost.',
    });
    await migrate(drizzle({ client }), { migrationsFolder: options.migrationsFolder });
  } catch (error) {
    if (databaseError(error)?.code !== INSUFFICIENT_PRIVILEGE) throw error;
    const reason = reasonOf((error as Error).cause ?? error);
    throw new OperatorError(`The role of DATABASE_URL may not create tables: ${reason}. Make it the database's owner.`);
  } finally {
    await client.end();
  }
}

/** Connects to a server that may still be starting. */
async function connect({ app, url, warn }: MigrationOptions): Promise<pg.Client> {
  const deadline = Date.now() + PATIENCE_MS;
  let said: string | undefined;
  for (;;) {
    const client = newClient(url, `${app} (migration)`);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isTransient(error) || Date.now() >= deadline) throw new DatabaseUnreachableError(error);
      const reason = reasonOf(error);
      if (reason !== said) warn(`PostgreSQL does not answer yet: ${reason}`);
      said = reason;
      await sleep(RETRY_MS);
    }
  }
}

/** Reads the URL, and the files that it refers to. */
function newClient(connectionString: string, application_name: string): pg.Client {
  try {
    return new pg.Client({ connectionString, application_name, connectionTimeoutMillis: 5_000 });
  } catch (error) {
    throw new DatabaseUnreachableError(error);
  }
}

/** The PostgreSQL server of `DATABASE_URL` cannot be used. The message says why, without the password of the URL. */
export class DatabaseUnreachableError extends OperatorError {
  override readonly name = 'DatabaseUnreachableError';

  constructor(cause: unknown) {
    super(`The server of DATABASE_URL cannot be used: ${reasonOf(cause)}`, { cause });
  }
}

/** Whether nothing listens yet, or the server is starting, stopping or full (SQLSTATE 57P03, 57P01, 53300). */
function isTransient(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET', '57P03', '57P01', '53300'].includes(
    code,
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
