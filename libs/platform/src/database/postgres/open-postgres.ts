import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Database, DatabaseSchema } from '../database.js';
import type { DatabaseOptions, OpenDatabase } from '../database-options.js';
import { TransactionScope } from '../transaction-scope.js';
import { migratePostgres } from './migrate-postgres.js';
import { pooledTransactions } from './pooled-transactions.js';
import { SilentConnections } from './silent-connections.js';
import { WatchedClient } from './watched-client.js';

/** How long a request waits for a free or new connection. */
const CONNECT_TIMEOUT_MS = 4_000;
const IDLE_TIMEOUT_MS = 30_000;
/** Longer than any statement takes. A statement that hangs must not keep its connection and its locks. */
const STATEMENT_TIMEOUT_MS = 15_000;
/** A transaction never waits between two statements. If it does for so long, the connection is lost, and others need its locks. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 1_000;

/** Opens a PostgreSQL database that several instances of the app may share. */
export async function openPostgres<S extends DatabaseSchema>(
  options: DatabaseOptions<S> & { readonly url: string },
): Promise<OpenDatabase<S>> {
  await migratePostgres(options);
  const scope = new TransactionScope();
  const pool = new ScopedPool(scope, {
    Client: WatchedClient,
    connectionString: options.url,
    application_name: options.app,
    max: options.poolSize,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
  });
  const silentConnections = new SilentConnections(pool, { connectionString: options.url }, options.warn);
  // Without a listener, the loss of an idle connection would end this process.
  pool.on('error', (error) => options.warn(`An idle connection to PostgreSQL was lost: ${error.message}`));
  const db: Database<S> = drizzle({ client: pool, schema: options.schema });
  db.transaction = pooledTransactions(pool, options.schema);
  return {
    db: scope.watch(db),
    kind: 'postgres',
    ping: async () => void (await pool.query('select 1')),
    close: async () => {
      silentConnections.stop();
      if (!pool.ended) await pool.end();
    },
  };
}

/** A pool that refuses connections to code inside a transaction on another connection. */
class ScopedPool extends pg.Pool {
  constructor(
    private readonly scope: TransactionScope,
    config: pg.PoolConfig,
  ) {
    super(config);
  }

  // `query` also uses this method.
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Parameters<pg.Pool['connect']>[0]): void;
  override connect(callback?: Parameters<pg.Pool['connect']>[0]): Promise<pg.PoolClient> | void {
    this.scope.assertOutside();
    return callback === undefined ? super.connect() : super.connect(callback);
  }
}
