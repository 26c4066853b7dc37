import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { openDatabase, OperatorError } from '@watchword/platform';
import { PGLITE_OPTIONS } from '../src/database/pglite/pglite-options.js';
import { PgliteUpkeep } from '../src/database/pglite/pglite-upkeep.js';
import { bundle } from './fixtures/bundle.js';
import { RunningProcess } from './fixtures/running-process.js';
import * as schema from './fixtures/schema.js';

const { notes } = schema;
const migrationsFolder = join(import.meta.dirname, 'fixtures/migrations');

describe('the embedded database', () => {
  let dataDirectory: string;

  const open = (app = 'sample') =>
    openDatabase({ app, schema, migrationsFolder, poolSize: 2, dataDirectory, warn: () => undefined });

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'watchword-'));
  });

  afterEach(() => rm(dataDirectory, { recursive: true }));

  it('keeps rows over a restart', async () => {
    const first = await open();
    await first.db.insert(notes).values({ id: 1, text: 'first' });
    await first.close();
    const second = await open();
    expect(await second.db.select().from(notes)).toEqual([{ id: 1, text: 'first' }]);
    await second.close();
  }, 60_000);

  it("is nobody else's to read", async () => {
    const database = await open();
    await database.close();
    const { mode } = await stat(join(dataDirectory, 'sample'));
    expect(mode & 0o777).toBe(0o700);
  }, 60_000);

  it('takes less than 20 MB when it is new', async () => {
    const database = await open();
    await database.close();
    expect(await bytesIn(dataDirectory)).toBeLessThan(20_000_000);
  }, 60_000);

  it('refuses a second opener and names the process that has it', async () => {
    const database = await open();
    await expect(open()).rejects.toThrow(new RegExp(`Another process \\(pid ${String(process.pid)}\\) has .*sample`));
    await database.close();
    const again = await open();
    await again.close();
  }, 60_000);

  it('lets different apps share a data directory, opened at once', async () => {
    const databases = await Promise.all(['one', 'two'].map((app) => open(app)));
    await databases[0]?.db.insert(notes).values({ id: 1, text: 'of one' });
    expect(await databases[1]?.db.select().from(notes)).toEqual([]);
    await Promise.all(databases.map((database) => database.close()));
  }, 60_000);

  it('says what to do about a directory that it cannot open, and gives up its lock', async () => {
    const database = await open();
    await database.close();
    await writeFile(join(dataDirectory, 'sample/PG_VERSION'), '11\n');
    await expect(open()).rejects.toThrow(/cannot be opened.*Move it away/);
    expect(await readdir(dataDirectory)).not.toContain('sample.lock');
  }, 60_000);

  it('says what to do about a database that other migrations made, and leaves it as it is', async () => {
    const database = await open();
    await database.db.insert(notes).values({ id: 1, text: 'kept' });
    await database.db.execute('update drizzle.__drizzle_migrations set created_at = created_at - 1');
    await database.close();
    const refusal = new RegExp(
      `${join(dataDirectory, 'sample')} was created by other migrations .* Delete that directory`,
    );
    await expect(open()).rejects.toThrow(refusal);
    await expect(open()).rejects.toThrow(OperatorError);
    const client = await PGlite.create(join(dataDirectory, 'sample'), PGLITE_OPTIONS);
    expect((await client.query('select text from notes')).rows).toEqual([{ text: 'kept' }]);
    await client.close();
  }, 60_000);

  it('clears away what a copy left that was cut off', async () => {
    await writeFile(join(dataDirectory, 'sample.copy-1'), '');
    const database = await open();
    await database.close();
    expect(await readdir(dataDirectory)).toEqual(['sample']);
  }, 60_000);

  it('has every row that was answered as committed before the process was killed', async () => {
    const writer = await bundle('writing-process.ts');
    const running = RunningProcess.start(writer.file, {}, [migrationsFolder, dataDirectory]);
    try {
      await running.line(({ msg, id }) => msg === 'committed' && Number(id) >= 50);
      running.signal('SIGKILL');
      expect(await running.exit()).toBe('SIGKILL');
      const committed = running.lines.filter(({ msg }) => msg === 'committed').map(({ id }) => Number(id));

      const database = await open('writer');
      const rows = await database.db.select().from(notes).orderBy(notes.id);
      await database.close();
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(committed));
      expect(rows.length - committed.length).toBeLessThanOrEqual(1);
    } finally {
      await running.end();
      await writer.remove();
    }
  }, 60_000);

  it('gives back the space of what was written and changed again', async () => {
    const database = await open();
    await database.close();
    const client = await PGlite.create(join(dataDirectory, 'sample'), PGLITE_OPTIONS);
    const upkeep = new PgliteUpkeep(client, () => undefined);
    await client.exec('checkpoint');
    expect(await upkeep.tidyUpIfDue()).toBe(false);
    await client.exec('create table big (id int, filler text)');
    await client.exec(`insert into big select n, repeat('x', 1000) from generate_series(1, 20000) n`);
    await client.exec('delete from big');
    const before = await bytesIn(dataDirectory);
    expect(await upkeep.tidyUpIfDue()).toBe(true);
    expect(await bytesIn(dataDirectory)).toBeLessThan(before - 30_000_000);
    expect(await upkeep.tidyUpIfDue()).toBe(false);
    await upkeep.stop();
    await client.close();
  }, 60_000);
});

async function bytesIn(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
