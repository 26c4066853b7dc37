import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database, DatabaseSchema } from '../database.js';

/**
 * `db.transaction` on a connection that is always returned to the pool. drizzle's own implementation does not return the
 * connection if `begin` fails, and returns it for reuse even if `rollback` failed.
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
      // If it is still inside a transaction (its end failed), this connection must not be reused.
      client.release(client.getTransactionStatus() !== 'I');
    }
  };
}
