import { join } from 'node:path';
import { eq, sql } from 'drizzle-orm';
import { isUniqueViolation, NestedQueryError } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import * as schema from './fixtures/schema.js';

const { notes } = schema;
const migrationsFolder = join(import.meta.dirname, 'fixtures/migrations');

describeOnEachDatabase('the database', { schema, migrationsFolder }, (database) => {
  beforeEach(async () => {
    await database().delete(notes);
    await database().insert(notes).values({ id: 1, text: 'first' });
  });

  const texts = async () => (await database().select().from(notes).orderBy(notes.id)).map(({ text }) => text);

  it('names a unique violation and its constraint', async () => {
    const error: unknown = await database()
      .insert(notes)
      .values({ id: 1, text: 'again' })
      .catch((caught: unknown) => caught);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, 'notes_pkey')).toBe(true);
    expect(isUniqueViolation(error, 'another')).toBe(false);
  });

  it('tells how many rows a raw statement changed', async () => {
    const { rowCount, rows } = await database().execute<{ id: number }>(sql`update notes set text = 'x' returning id`);
    expect(rowCount).toBe(1);
    expect(rows).toEqual([{ id: 1 }]);
  });

  it('refuses a query beside the transaction that it stands in, and rolls that back', async () => {
    const attempt = database().transaction(async (tx) => {
      await tx.update(notes).set({ text: 'changed' }).where(eq(notes.id, 1));
      await database().select().from(notes);
    });
    await expect(attempt).rejects.toMatchObject({ cause: expect.any(NestedQueryError) as unknown });
    expect(await texts()).toEqual(['first']);
  });

  it('refuses a transaction beside the transaction that it stands in', async () => {
    const attempt = database().transaction(() => database().transaction(() => Promise.resolve()));
    await expect(attempt).rejects.toThrow(NestedQueryError);
  });

  it('nests a transaction of the transaction as a savepoint', async () => {
    await database().transaction(async (tx) => {
      await tx.insert(notes).values({ id: 2, text: 'second' });
      await tx
        .transaction(async (inner) => {
          await inner.insert(notes).values({ id: 3, text: 'third' });
          throw new Error('undone');
        })
        .catch(() => undefined);
    });
    expect(await texts()).toEqual(['first', 'second']);
  });

  it('lets go on what a transaction started, once that has ended', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const later = await database().transaction(() => {
      const after = ended.then(() => texts());
      return Promise.resolve({ after });
    });
    end();
    expect(await later.after).toEqual(['first']);
  });

  it('runs transactions of several callers without losing an update', async () => {
    await database().update(notes).set({ text: '0' });
    await Promise.all(
      Array.from({ length: 20 }, () =>
        database().transaction(async (tx) => {
          const [row] = await tx.select().from(notes).where(eq(notes.id, 1)).for('update');
          await tx.update(notes).set({ text: String(Number(row?.text) + 1) });
        }),
      ),
    );
    expect(await texts()).toEqual(['20']);
  });
});
