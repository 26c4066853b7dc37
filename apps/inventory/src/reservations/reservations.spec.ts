import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { VerifiedToken } from '@watchword/auth';
import type { Database } from '@watchword/platform';
import { describeOnEachDatabase } from '@watchword/platform/testing';
import { eq } from 'drizzle-orm';
import * as schema from '../database/schema.js';
import { Reservations } from './reservations.js';
import { SqlReservationStore } from './sql-reservation-store.js';

const migrationsFolder = join(import.meta.dirname, '../database/migrations');

const somebody = (subject: string, ...scopes: string[]): VerifiedToken => ({
  issuer: 'https://issuer.test',
  subject,
  audience: ['inventory'],
  expiresAt: 2_000_000_300,
  issuedAt: 2_000_000_000,
  tokenId: randomUUID(),
  clientId: 'watchword',
  sessionId: undefined,
  keyId: 'key',
  scopes: new Set(scopes),
  roles: new Set(),
  actor: undefined,
  claims: {},
});

const anna = somebody('anna', 'inventory:reserve');
const ben = somebody('ben', 'inventory:reserve');
const manager = somebody('orders', 'inventory:manage');

describeOnEachDatabase('Reservations', { schema, migrationsFolder, poolSize: 10 }, (database) => {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let db: Database<typeof schema>;
  let reservations: Reservations;

  beforeEach(async () => {
    db = database();
    reservations = new Reservations(new SqlReservationStore(db), { now: () => now });
    await db.delete(schema.reservations);
    await db.delete(schema.stockItems);
  });

  const stock = async (levels: Record<string, number>): Promise<void> => {
    await db.insert(schema.stockItems).values(Object.entries(levels).map(([sku, available]) => ({ sku, available })));
  };
  const available = async (sku: string): Promise<number | undefined> => {
    const [level] = await db.select().from(schema.stockItems).where(eq(schema.stockItems.sku, sku));
    return level?.available;
  };
  const outcomes = async (attempts: Promise<unknown>[]): Promise<{ won: number; codes: unknown[] }> => {
    const settled = await Promise.allSettled(attempts);
    const lost = settled.filter((result) => result.status === 'rejected');
    return { won: settled.length - lost.length, codes: lost.map(({ reason }) => (reason as { code?: unknown }).code) };
  };

  it('takes what it reserves from the stock', async () => {
    await stock({ LAMP: 5, TENT: 2 });
    const items = [
      { sku: 'TENT', quantity: 2 },
      { sku: 'LAMP', quantity: 1 },
    ];
    const reservation = await reservations.reserve(randomUUID(), items, anna);
    expect(reservation.status).toBe('held');
    expect(reservation.items).toEqual([items[1], items[0]]);
    expect(await available('LAMP')).toBe(4);
    expect(await available('TENT')).toBe(0);
  });

  it('reserves all items or none', async () => {
    await stock({ LAMP: 5, TENT: 1 });
    const id = randomUUID();
    const items = [
      { sku: 'LAMP', quantity: 5 },
      { sku: 'TENT', quantity: 2 },
    ];
    await expect(reservations.reserve(id, items, anna)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'insufficient_stock',
    });
    expect(await available('LAMP')).toBe(5);
    // The failed attempt left nothing behind: the same id is free for a smaller one.
    await expect(reservations.reserve(id, [{ sku: 'LAMP', quantity: 1 }], anna)).resolves.toMatchObject({ id });
  });

  it('has nothing of a SKU that nobody ever stocked', async () => {
    const attempt = reservations.reserve(randomUUID(), [{ sku: 'NOTHING', quantity: 1 }], anna);
    await expect(attempt).rejects.toMatchObject({ code: 'insufficient_stock' });
  });

  it('answers the same reservation again the same, whatever the order of its items, and takes nothing more', async () => {
    await stock({ LAMP: 5, TENT: 5 });
    const id = randomUUID();
    const items = [
      { sku: 'LAMP', quantity: 1 },
      { sku: 'TENT', quantity: 2 },
    ];
    const first = await reservations.reserve(id, items, anna);
    now += 60_000;
    expect(await reservations.reserve(id, items.toReversed(), anna)).toEqual(first);
    expect(await available('LAMP')).toBe(4);
  });

  it('refuses a known id with other items, of another owner or after its release, without saying which it was', async () => {
    await stock({ LAMP: 5 });
    const id = randomUUID();
    const items = [{ sku: 'LAMP', quantity: 1 }];
    await reservations.reserve(id, items, anna);
    const refusals = [
      await reservations.reserve(id, [{ sku: 'LAMP', quantity: 2 }], anna).catch((error: unknown) => error),
      await reservations.reserve(id, items, ben).catch((error: unknown) => error),
      await reservations.reserve(id, items, { ...anna, issuer: 'https://other.test' }).catch((error: unknown) => error),
      await reservations.release(id, anna).then(() => reservations.reserve(id, items, anna).catch((e: unknown) => e)),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ kind: 'conflict', code: 'reservation_conflict' });
      expect((refusal as Error).message).toBe((refusals[0] as Error).message);
    }
    expect(await available('LAMP')).toBe(5);
  });

  it('gives stock back once, however often it is released', async () => {
    await stock({ LAMP: 5 });
    const id = randomUUID();
    await reservations.reserve(id, [{ sku: 'LAMP', quantity: 3 }], anna);
    await Promise.all(Array.from({ length: 20 }, () => reservations.release(id, anna)));
    await reservations.release(id, anna);
    expect(await available('LAMP')).toBe(5);
  });

  it("refuses to release somebody else's, also of the same subject at another issuer", async () => {
    await stock({ LAMP: 5 });
    const id = randomUUID();
    await reservations.reserve(id, [{ sku: 'LAMP', quantity: 3 }], anna);
    for (const caller of [ben, { ...anna, issuer: 'https://other.test' }]) {
      await expect(reservations.release(id, caller)).rejects.toMatchObject({
        kind: 'forbidden',
        code: 'not_the_owner',
      });
    }
    expect(await available('LAMP')).toBe(2);
  });

  it('refuses a release by its owner without the scope', async () => {
    await stock({ LAMP: 5 });
    const id = randomUUID();
    await reservations.reserve(id, [{ sku: 'LAMP', quantity: 3 }], anna);
    const release = reservations.release(id, somebody('anna', 'inventory:read'));
    await expect(release).rejects.toMatchObject({ code: 'scope_insufficient', scopes: ['inventory:reserve'] });
    expect(await available('LAMP')).toBe(2);
  });

  it('lets who manages inventory release what others forgot, and find it by its age', async () => {
    await stock({ LAMP: 5 });
    const [old, fresh] = [randomUUID(), randomUUID()];
    await reservations.reserve(old, [{ sku: 'LAMP', quantity: 3 }], anna);
    now += 600_000;
    await reservations.reserve(fresh, [{ sku: 'LAMP', quantity: 1 }], anna);
    const found = await reservations.heldFor(300, 100);
    expect(found.map(({ id, items }) => ({ id, items }))).toEqual([{ id: old, items: [{ sku: 'LAMP', quantity: 3 }] }]);
    await reservations.release(old, manager);
    expect(await reservations.heldFor(300, 100)).toEqual([]);
    expect(await available('LAMP')).toBe(4);
  });

  it('takes nothing for a reservation that was released before it arrived', async () => {
    await stock({ LAMP: 5 });
    const id = randomUUID();
    await reservations.release(id, manager);
    const late = reservations.reserve(id, [{ sku: 'LAMP', quantity: 1 }], anna);
    await expect(late).rejects.toMatchObject({ kind: 'conflict', code: 'reservation_conflict' });
    expect(await available('LAMP')).toBe(5);
  });

  it('lets exactly ten of fifty parallel reservations have the ten pieces', async () => {
    await stock({ TENT: 10 });
    const attempts = Array.from({ length: 50 }, () =>
      reservations.reserve(randomUUID(), [{ sku: 'TENT', quantity: 1 }], anna),
    );
    const { won, codes } = await outcomes(attempts);
    expect(won).toBe(10);
    expect(new Set(codes)).toEqual(new Set(['insufficient_stock']));
    expect(await available('TENT')).toBe(0);
  });

  it('takes once where the same reservation arrives fifty times at once', async () => {
    await stock({ TENT: 10 });
    const id = randomUUID();
    const { won } = await outcomes(
      Array.from({ length: 50 }, () => reservations.reserve(id, [{ sku: 'TENT', quantity: 1 }], anna)),
    );
    expect(won).toBe(50);
    expect(await available('TENT')).toBe(9);
  });

  it('never blocks itself where parallel reservations name the same SKUs in opposite orders', async () => {
    await stock({ LAMP: 100, TENT: 100, TILE: 100 });
    const items = ['LAMP', 'TENT', 'TILE'].map((sku) => ({ sku, quantity: 1 }));
    const { won } = await outcomes(
      Array.from({ length: 60 }, (_, place) =>
        reservations.reserve(randomUUID(), place % 2 === 0 ? items : items.toReversed(), anna),
      ),
    );
    expect(won).toBe(60);
    expect(await available('TENT')).toBe(40);
  });

  it('loses and creates no piece while reservations and releases run across each other', async () => {
    await stock({ LAMP: 7, TENT: 7 });
    const items = [
      { sku: 'TENT', quantity: 2 },
      { sku: 'LAMP', quantity: 1 },
    ];
    await Promise.all(
      Array.from({ length: 40 }, async (_, place) => {
        const id = randomUUID();
        const reserved = reservations.reserve(id, items, anna).catch(() => undefined);
        // Half of the releases race with the reservation that they are for, half come after it.
        if (place % 2 === 0) await reserved;
        await reservations.release(id, place % 3 === 0 ? manager : anna).catch(() => undefined);
        await reserved;
        await reservations.release(id, manager);
      }),
    );
    expect(await available('LAMP')).toBe(7);
    expect(await available('TENT')).toBe(7);
  });

  it('is stopped by the database itself from going below zero', async () => {
    await stock({ LAMP: 1 });
    await expect(
      db.update(schema.stockItems).set({ available: -1 }).where(eq(schema.stockItems.sku, 'LAMP')),
    ).rejects.toMatchObject({ cause: { code: '23514' } });
  });
});
