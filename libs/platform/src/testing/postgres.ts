import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testDatabaseUrl } from '../config/test-database-url.js';

const SERVER = testDatabaseUrl();

async function unreachable(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    await client.query('select 1');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const reason = await unreachable();

/** Whether the tests that need a PostgreSQL server run. */
export const postgresReachable = reason === undefined;

/**
 * `describe` for tests that need PostgreSQL. If none is reachable, the tests are skipped and the title says why:
 * `npm test` prints the titles of skipped tests and fails if one has no reason.
 */
export function describeOnPostgres(title: string, body: () => void): void {
  if (postgresReachable) describe(title, body);
  else describe.skip(`${title} (skipped: no PostgreSQL at TEST_DATABASE_URL or 127.0.0.1:5432: ${reason})`, body);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database for one test. */
export interface TestDatabase {
  readonly url: string;
  /** Also closes open connections. */
  drop(): Promise<void>;
}

/** Creates an empty database on the reachable server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `watchword_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database if exists ${name} with (force)`) };
}
