import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eq } from 'drizzle-orm';
import { isUniqueViolation, NestedQueryError, openDatabase, type OpenDatabase } from '@watchword/platform';
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

  it('names a unique violation', async () => {
    const error: unknown = await database.db
      .insert(notes)
      .values({ id: 1, text: 'again' })
      .catch((e: unknown) => e);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'notes_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'other')).toBe(false);
  });

  it('refuses a query beside the transaction instead of waiting for itself', async () => {
    const attempt = database.db.transaction(async (tx) => {
      await tx.update(notes).set({ text: 'changed' }).where(eq(notes.id, 1));
      await database.db.select().from(notes);
    });
    await expect(attempt).rejects.toMatchObject({ cause: expect.any(NestedQueryError) as unknown });
    expect(await database.db.select().from(notes)).toEqual([{ id: 1, text: 'first' }]);
  });
});
