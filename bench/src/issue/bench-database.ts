import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** A database of its own on the PostgreSQL server, fresh, gone afterwards. */
export interface BenchDatabase {
  readonly url: string;
  readonly run: (text: string, values?: unknown[]) => Promise<void>;
  readonly drop: () => Promise<void>;
}

const SERVER = process.env['BENCH_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

export async function createBenchDatabase(): Promise<BenchDatabase> {
  const name = `watchword_bench_${randomBytes(6).toString('hex')}`;
  await onServer(SERVER, `create database ${name}`).catch((cause: unknown) => {
    throw new Error(`bench/issue needs a PostgreSQL server at ${SERVER}; BENCH_DATABASE_URL names another`, { cause });
  });
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    run: (text, values) => onServer(url.href, text, values),
    drop: () => onServer(SERVER, `drop database ${name} with (force)`),
  };
}

async function onServer(url: string, text: string, values?: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text, values);
  } finally {
    await client.end();
  }
}
