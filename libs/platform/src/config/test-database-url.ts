/** The PostgreSQL server that tests use; its role must be allowed to create databases. */
export const testDatabaseUrl = (): string =>
  process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';
