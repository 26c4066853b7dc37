import type { Database, DatabaseOrTransaction, Transaction } from '@watchword/platform';
import type * as schema from './schema/index.js';

export type AuthSchema = typeof schema;
export type AuthDatabase = Database<AuthSchema>;
export type AuthTransaction = Transaction<AuthSchema>;
/** For code that runs inside the caller's transaction or on its own. */
export type AuthQueries = DatabaseOrTransaction<AuthSchema>;
