import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { type OpenDatabase, openDatabase } from '@watchword/platform';
import { createTestDatabase, DatabaseProxy, describeOnPostgres, type TestDatabase } from '@watchword/platform/testing';
import { isDatabaseUnavailable } from '../src/errors/database-error.js';
import * as schema from './fixtures/schema.js';

const POOL_SIZE = 2;
const OPTIONS = {
  app: 'sample',
  schema,
  migrationsFolder: join(import.meta.dirname, 'fixtures/migrations'),
  poolSize: POOL_SIZE,
  dataDirectory: '',
  warn: () => undefined,
};

describeOnPostgres('a connection to PostgreSQL that is lost', () => {
  let server: TestDatabase;
  let proxy: DatabaseProxy;
  let database: OpenDatabase<typeof schema>;

  beforeEach(async () => {
    server = await createTestDatabase();
    proxy = await DatabaseProxy.open(server.url);
    database = await openDatabase({ ...OPTIONS, url: proxy.url });
  });

  afterEach(async () => {
    await database.close();
    await proxy.close();
    await server.drop();
  });

  /** In a transaction on every connection of the pool, `interfere`; then each goes on. */
  async function inEveryTransaction(
    interfere: () => Promise<unknown> | void,
  ): Promise<PromiseSettledResult<unknown>[]> {
    let begun = 0;
    let interfered: () => void = () => undefined;
    const interference = new Promise<void>((resolve) => {
      interfered = resolve;
    });
    const transactions = Array.from({ length: POOL_SIZE }, () =>
      database.db.transaction(async (tx) => {
        await tx.execute(sql`select 1`);
        begun += 1;
        if (begun === POOL_SIZE) {
          await interfere();
          interfered();
        }
        await interference;
        await tx.execute(sql`select 2`);
      }),
    );
    return Promise.allSettled(transactions);
  }

  async function expectUnavailable(results: readonly PromiseSettledResult<unknown>[]): Promise<void> {
    for (const result of results) {
      if (result.status === 'fulfilled') throw new Error('It went through');
      expect(isDatabaseUnavailable(result.reason)).toBe(true);
    }
  }

  async function expectWhole(): Promise<void> {
    const answers = await Promise.all(
      Array.from({ length: POOL_SIZE * 3 }, () => database.db.transaction((tx) => tx.execute(sql`select 1 as one`))),
    );
    expect(answers.map(({ rows }) => rows)).toEqual(answers.map(() => [{ one: 1 }]));
  }

  const terminateOthers = async () => {
    const killer = new pg.Client(server.url);
    await killer.connect();
    const mine = 'from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
    await killer.query(`select pg_terminate_backend(pid) ${mine}`);
    for (;;) if ((await killer.query(`select ${mine}`)).rowCount === 0) break;
    await killer.end();
  };

  it('in the middle of a transaction fails that transaction alone', async () => {
    await expectUnavailable(await inEveryTransaction(terminateOthers));
    await expectWhole();
    await expectUnavailable(await inEveryTransaction(() => proxy.cut()));
    proxy.heal();
    await expectWhole();
  });

  it('between two transactions takes no place in the pool', async () => {
    for (let round = 0; round < POOL_SIZE + 1; round += 1) {
      await expectWhole();
      void proxy.loseAnswerTo('begin');
      await expectUnavailable(await Promise.allSettled([database.db.transaction((tx) => tx.execute(sql`select 1`))]));
    }
    await expectWhole();
  });

  it('without a word is given up, in a transaction and idle alike, and new ones take its place', async () => {
    await expectUnavailable(await inEveryTransaction(() => proxy.silence()));
    await expectUnavailable(await Promise.allSettled([database.db.execute(sql`select 1`)]));
    proxy.heal();
    await expectWhole();
    proxy.silence();
    proxy.heal();
    await Promise.allSettled(Array.from({ length: POOL_SIZE }, () => database.db.execute(sql`select 1`)));
    await expectWhole();
  });

  it('is not one on which a statement takes long while the server has no connection to spare', async () => {
    const crowded = await createTestDatabase();
    const owner = new pg.Client(crowded.url);
    await owner.connect();
    const name = new URL(crowded.url).pathname.slice(1);
    const guest = `guest_${name.slice(-12)}`;
    await owner.query(`create role ${guest} login password 'guest' connection limit ${String(POOL_SIZE)}`);
    await owner.query(`alter database ${name} owner to ${guest}`);
    const url = Object.assign(new URL(crowded.url), { username: guest, password: 'guest' }).href;
    const full = await openDatabase({ ...OPTIONS, url });
    const slow = Array.from({ length: POOL_SIZE }, () => full.db.execute(sql`select 'slow' as kind from pg_sleep(6)`));
    const results = await Promise.allSettled(slow);
    await full.close();
    await owner.query(`reassign owned by ${guest} to current_user`);
    await owner.query(`drop owned by ${guest}`);
    await owner.query(`drop role ${guest}`);
    await owner.end();
    await crowded.drop();
    const outcomes = results.map((result) =>
      result.status === 'rejected' ? String(result.reason.cause) : result.status,
    );
    expect(outcomes).toEqual(slow.map(() => 'fulfilled'));
  });

  it('is not one on which a statement takes long', async () => {
    const { rows } = await database.db.execute(sql`select 'slow' as kind from pg_sleep(6)`);
    expect(rows).toEqual([{ kind: 'slow' }]);
  });
});

describe('an error of PostgreSQL', () => {
  const error = (code: string) => Object.assign(new Error(code), { code });

  it.each(['08000', '08003', '08006', '57P01', '57014', '25P03', 'ETIMEDOUT'])(
    'of the code %s says that it cannot be asked right now',
    (code) => {
      expect(isDatabaseUnavailable(new Error('Failed query', { cause: error(code) }))).toBe(true);
    },
  );

  it.each(['08P01', '23505', '42P01'])('of the code %s does not', (code) => {
    expect(isDatabaseUnavailable(new Error('Failed query', { cause: error(code) }))).toBe(false);
  });
});
