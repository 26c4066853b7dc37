import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, DatabaseSchema } from './database.js';
import { NestedQueryError } from './nested-query-error.js';

/** Knows whether the current code runs inside a transaction of a database. */
export class TransactionScope {
  private readonly storage = new AsyncLocalStorage<{ open: boolean }>();

  /** @throws NestedQueryError inside an open transaction */
  assertOutside(): void {
    if (this.storage.getStore()?.open === true) throw new NestedQueryError();
  }

  /** Makes the transactions of the database open this scope around their callbacks. */
  watch<S extends DatabaseSchema>(db: Database<S>): Database<S> {
    const transaction = db.transaction.bind(db);
    db.transaction = async (callback, config) => {
      this.assertOutside();
      const state = { open: true };
      try {
        return await transaction((tx) => this.storage.run(state, () => callback(tx)), config);
      } finally {
        state.open = false;
      }
    };
    return db;
  }
}
