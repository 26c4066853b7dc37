import { DATABASE, type Database, type DatabaseOrTransaction, tokenOf, type Transaction } from '@watchword/platform';
import type * as schema from './schema/index.js';

export type AuthSchema = typeof schema;
export type AuthDatabase = Database<AuthSchema>;
export const AuthDatabase = tokenOf<AuthDatabase>(DATABASE);
export type AuthTransaction = Transaction<AuthSchema>;
/** For code that can run inside a transaction of its caller, or without one. */
export type AuthQueries = DatabaseOrTransaction<AuthSchema>;
