import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database, DatabaseSchema } from '../database.js';

/**
 * `db.transaction` on a connection that comes back to the pool whatever happens. drizzle's own, on a pool, keeps the
 * connection for itself when `begin` fails, and gives one back as good on which `rollback` failed.
 */
export function pooledTransactions<S extends DatabaseSchema>(pool: pg.Pool, schema: S): Database<S>['transaction'] {
  const databases = new WeakMap<pg.PoolClient, Database<S>>();
  const databaseOn = (client: pg.PoolClient): Database<S> => {
    const known = databases.get(client);
    if (known !== undefined) return known;
    const made: Database<S> = drizzle({ client, schema });
    databases.set(client, made);
    return made;
  };
  return async (callback, config) => {
    const client = await pool.connect();
    try {
      return await databaseOn(client).transaction(callback, config);
    } finally {
      // Inside a transaction still (its end failed): nobody else may get this connection.
      client.release(client.getTransactionStatus() !== 'I');
    }
  };
}
