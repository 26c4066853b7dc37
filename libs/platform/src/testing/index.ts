export { describeOnEachDatabase } from './describe-on-each-database.js';
export type { TestDatabaseOptions } from './describe-on-each-database.js';
export { DatabaseProxy } from './database-proxy.js';
export { createTestDatabase, describeOnPostgres, postgresReachable } from './postgres.js';
export type { TestDatabase } from './postgres.js';
export { startTestApp } from './start-test-app.js';
export type { TestApp, TestAppOptions } from './start-test-app.js';
