import { Inject } from '@nestjs/common';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core';

/** The tables and relations of an app, from `import * as schema`. */
export type DatabaseSchema = Record<string, unknown>;

/** The result of a raw statement; only what both drivers have in common. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  /** The number of returned or changed rows. */
  readonly rowCount: number | null;
}

interface QueryResultKind extends PgQueryResultHKT {
  type: QueryResult<this['row']>;
}

/**
 * The database of an app. The type is the same for PGlite and PostgreSQL.
 *
 * Inside `db.transaction(async (tx) => …)` use `tx` only. A query on `db` would run outside of the transaction, and on PGlite,
 * which has one connection, it would wait forever. So both drivers refuse it: the cause of the error is a `NestedQueryError`.
 * PGlite runs transactions one after the other, so keep them short and do not wait for the network in a transaction.
 */
export type Database<S extends DatabaseSchema = DatabaseSchema> = PgDatabase<QueryResultKind, S>;

/** What `db.transaction(async (tx) => …)` passes to its callback. */
export type Transaction<S extends DatabaseSchema = DatabaseSchema> = PgTransaction<
  QueryResultKind,
  S,
  ExtractTablesWithRelations<S>
>;

/** For code that can run inside a transaction of its caller, or without one. */
export type DatabaseOrTransaction<S extends DatabaseSchema = DatabaseSchema> = Database<S> | Transaction<S>;

export const DATABASE = Symbol('Database');

/** Injects the app's {@link Database}. */
export const InjectDatabase = (): ParameterDecorator & PropertyDecorator => Inject(DATABASE);
