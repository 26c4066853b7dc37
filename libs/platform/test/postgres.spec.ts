import { join } from 'node:path';
import pg from 'pg';
import { openDatabase, OperatorError } from '@watchword/platform';
import { createTestDatabase, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import { MIGRATION_LOCK } from '../src/database/postgres/migrate-postgres.js';
import * as schema from './fixtures/schema.js';

const { notes } = schema;
const migrationsFolder = join(import.meta.dirname, 'fixtures/migrations');

describeOnPostgres('a PostgreSQL database', () => {
  let server: TestDatabase;
  let warnings: string[];

  const open = (url = server.url) =>
    openDatabase({
      app: 'sample',
      schema,
      migrationsFolder,
      url,
      poolSize: 2,
      dataDirectory: '',
      warn: (message) => warnings.push(message),
    });

  beforeEach(async () => {
    server = await createTestDatabase();
    warnings = [];
  });

  afterEach(() => server.drop());

  it('is migrated once when many instances boot at once', async () => {
    const databases = await Promise.all(Array.from({ length: 8 }, () => open()));
    await databases[0]?.db.insert(notes).values({ id: 1, text: 'first' });
    const { rows } =
      (await databases[1]?.db.execute('select count(*)::int as count from drizzle.__drizzle_migrations')) ?? {};
    expect(rows).toEqual([{ count: 1 }]);
    await Promise.all(databases.map((database) => database.close()));
  }, 30_000);

  it('waits for an instance that is migrating, and goes on when that one is killed', async () => {
    const other = new pg.Client(server.url);
    await other.connect();
    await other.query('select pg_advisory_lock($1)', [MIGRATION_LOCK.toString()]);
    const opening = open();
    const watcher = new pg.Client(server.url);
    await watcher.connect();
    await untilWaiting(watcher);
    await other.end();
    const database = await opening;
    expect(await database.db.select().from(notes)).toEqual([]);
    await database.close();
    await watcher.end();
  }, 30_000);

  it('says in a line what is wrong with a URL, and with a role that may not create tables', async () => {
    await expect(open('postgres://u:hunter2@127.0.0.1:port/db')).rejects.toThrow(
      /^The server of DATABASE_URL cannot be used: .*Invalid URL$/,
    );
    const owner = new pg.Client(server.url);
    await owner.connect();
    const guest = `guest_${new URL(server.url).pathname.slice(-12)}`;
    await owner.query(`create role ${guest} login password 'guest'`);
    const url = Object.assign(new URL(server.url), { username: guest, password: 'guest' }).href;
    await expect(open(url)).rejects.toThrow(/^The role of DATABASE_URL may not create tables: permission denied/);
    await owner.query(`drop role ${guest}`);
    await owner.end();
  }, 30_000);

  describe('that was migrated before', () => {
    const changeHistory = async (statement: string) => {
      const database = await open();
      await database.db.execute(statement);
      await database.close();
    };

    it('by other migrations is refused, and the refusal says what to do', async () => {
      await changeHistory('update drizzle.__drizzle_migrations set created_at = created_at - 1');
      const refusal = /^The database of DATABASE_URL was created by other migrations .* Drop it/;
      await expect(open()).rejects.toThrow(refusal);
      await expect(open()).rejects.toThrow(OperatorError);
    }, 30_000);

    it('by one more than this version has is refused too where it was made before', async () => {
      await changeHistory(
        "insert into drizzle.__drizzle_migrations (hash, created_at) select '', created_at - 1 from drizzle.__drizzle_migrations",
      );
      await expect(open()).rejects.toThrow(/was created by other migrations/);
    }, 30_000);

    it('by another app alone is refused, though that is newer', async () => {
      await changeHistory('update drizzle.__drizzle_migrations set created_at = created_at + 1');
      await expect(open()).rejects.toThrow(/was created by other migrations/);
    }, 30_000);

    it('by a newer version too is opened', async () => {
      await changeHistory(
        "insert into drizzle.__drizzle_migrations (hash, created_at) select '', created_at + 1 from drizzle.__drizzle_migrations",
      );
      const database = await open();
      expect(await database.db.select().from(notes)).toEqual([]);
      await database.close();
    }, 30_000);
  });

  it('outlives the loss of its idle connections', async () => {
    const database = await open();
    await database.ping();
    const killer = new pg.Client(server.url);
    await killer.connect();
    await killer.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'sample'`);
    await until(() => warnings.length > 0);
    await expect(database.ping()).resolves.toBeUndefined();
    await killer.end();
    await database.close();
  }, 30_000);

  it('is refused without its password in the message when it does not exist', async () => {
    const url = new URL(server.url);
    url.pathname = '/watchword_nowhere';
    url.password = 'pa55word';
    const attempt = open(url.href);
    await expect(attempt).rejects.toThrow(/DATABASE_URL cannot be used: .*watchword_nowhere/);
    await expect(attempt).rejects.not.toThrow(/pa55word/);
  });
});

async function untilWaiting(watcher: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await watcher.query(`select from pg_locks where locktype = 'advisory' and not granted`);
    if (rowCount === 1) return;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
