import { Inject } from '@nestjs/common';
import type { ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core';

/** Tables and relations of an app, as `import * as schema` gives them. */
export type DatabaseSchema = Record<string, unknown>;

/** What a statement gives that is not built with the query builder, as far as both drivers agree. */
export interface QueryResult<Row> {
  readonly rows: Row[];
  /** Rows returned or changed. */
  readonly rowCount: number | null;
}

interface QueryResultKind extends PgQueryResultHKT {
  type: QueryResult<this['row']>;
}

/**
 * An app's database, the same type over PGlite and PostgreSQL.
 *
 * Inside `db.transaction(async (tx) => …)` use `tx` alone. A query on `db` there would run outside of the transaction; on
 * PGlite, which has one connection, it would also wait forever. Both drivers refuse it: the error's cause is a `NestedQueryError`.
 * PGlite runs transactions one after the other, so keep them short and never await the network in one.
 */
export type Database<S extends DatabaseSchema = DatabaseSchema> = PgDatabase<QueryResultKind, S>;

/** What `db.transaction(async (tx) => …)` hands to its callback. */
export type Transaction<S extends DatabaseSchema = DatabaseSchema> = PgTransaction<
  QueryResultKind,
  S,
  ExtractTablesWithRelations<S>
>;

/** Either: for code that runs inside its caller's transaction or on its own. */
export type DatabaseOrTransaction<S extends DatabaseSchema = DatabaseSchema> = Database<S> | Transaction<S>;

export const DATABASE = Symbol('Database');

/** Injects the app's {@link Database}. */
export const InjectDatabase = (): ParameterDecorator & PropertyDecorator => Inject(DATABASE);
