/** A query on the database itself was made inside a transaction of it. Use the transaction that the callback was given. */
export class NestedQueryError extends Error {
  override readonly name = 'NestedQueryError';

  constructor() {
    super(
      'This query runs on the database while a transaction of the same database is open around it. ' +
        'Use the `tx` that the transaction callback was given: outside of it the query would not see its changes, ' +
        'and on PGlite it would wait forever.',
    );
  }
}
