/** A query was sent to the database itself inside a transaction. Use the transaction object of the callback. */
export class NestedQueryError extends Error {
  override readonly name = 'NestedQueryError';

  constructor() {
    super(
      'This query runs on the database inside the callback of a transaction of the same database. ' +
        'Use the `tx` of the callback: outside of the transaction the query would not see its changes, ' +
        'and on PGlite it would wait forever.',
    );
  }
}
