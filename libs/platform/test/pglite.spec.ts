import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type OpenDatabase } from '@watchword/platform';
import * as schema from './fixtures/schema.js';

const { notes } = schema;

describe('the embedded database', () => {
  let dataDirectory: string;
  let database: OpenDatabase<typeof schema>;

  const open = () =>
    openDatabase({
      app: 'sample',
      schema,
      migrationsFolder: join(import.meta.dirname, 'fixtures/migrations'),
      poolSize: 2,
      dataDirectory,
      warn: () => undefined,
    });

  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'watchword-'));
    database = await open();
  }, 60_000);

  afterAll(async () => {
    await database.close();
    await rm(dataDirectory, { recursive: true });
  });

  it('is migrated when it is open, and keeps rows over a restart', async () => {
    await database.db.insert(notes).values({ id: 1, text: 'first' });
    await database.close();
    database = await open();
    expect(await database.db.select().from(notes)).toEqual([{ id: 1, text: 'first' }]);
  });

  it('refuses a second opener', async () => {
    await expect(open()).rejects.toThrow(/Another process .*sample/);
  });
});
