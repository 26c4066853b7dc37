import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { userClaims, createTestIssuer, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
import { startTestApp, type TestApp } from '@watchword/platform/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';
import { InventoryConfig } from '../src/config/index.js';
import { TcpCaller } from './tcp-caller.js';

const ANNA = { subject: 'anna', scopes: ['inventory:read', 'inventory:reserve'] };
const TENTS = [{ sku: 'TENT-2P', quantity: 2 }];

describe('inventory', () => {
  let issuer: TestIssuer;
  let keys: Awaited<ReturnType<TestIssuer['serve']>>;
  let app: TestApp;
  let tcp: TcpCaller;
  let anna: Record<string, string>;
  let manager: Record<string, string>;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    keys = await issuer.serve();
    app = await startTestApp({
      name: 'inventory',
      module: AppModule,
      config: InventoryConfig,
      environment: { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URI: keys.jwksUri },
      tcp: true,
    });
    tcp = new TcpCaller(app.tcpPort!);
    anna = bearer(await issuer.mint(userClaims(ANNA)));
    manager = bearer(await issuer.mint(userClaims({ subject: 'orders', scopes: ['inventory:manage'], roles: [] })));
  });

  afterAll(async () => {
    await app.close();
    await keys.close();
  });

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  const available = async (sku: string): Promise<number> => {
    const answer = (await tcp.send('stock.read', { skus: [sku] }, anna)) as { items: { available: number }[] };
    return answer.items[0]!.available;
  };

  it('reads stock, in the order that was asked, with nothing of what it does not know', async () => {
    expect(await tcp.send('stock.read', { skus: ['TILE-OAK', 'NONE', 'LAMP-OIL'] }, anna)).toEqual({
      items: [
        { sku: 'TILE-OAK', available: 10_000 },
        { sku: 'NONE', available: 0 },
        { sku: 'LAMP-OIL', available: 250 },
      ],
    });
  });

  it('reserves and releases', async () => {
    const before = await available('TENT-2P');
    const reservationId = randomUUID();
    const reserved = await tcp.send('stock.reserve', { reservationId, items: TENTS }, anna);
    expect(reserved).toEqual({ reservationId, status: 'held', items: TENTS, createdAt: expect.any(String) });
    expect(await tcp.send('stock.reserve', { reservationId, items: TENTS }, anna)).toEqual(reserved);
    expect(await available('TENT-2P')).toBe(before - 2);
    const released = { reservationId, status: 'released' };
    expect(await tcp.send('stock.release', { reservationId }, anna)).toEqual(released);
    expect(await tcp.send('stock.release', { reservationId }, anna)).toEqual(released);
    expect(await available('TENT-2P')).toBe(before);
  });

  it('says by status and code why it does not reserve', async () => {
    const items = [{ sku: 'TENT-2P', quantity: 1000 }];
    await expect(tcp.send('stock.reserve', { reservationId: randomUUID(), items }, anna)).rejects.toEqual({
      status: 409,
      code: 'insufficient_stock',
      message: 'There is not enough stock of TENT-2P',
    });
  });

  it('adjusts stock by an event, once for each adjustment', async () => {
    const clerk = bearer(await issuer.mint(userClaims({ scopes: ['inventory:adjust'] })));
    const before = await available('LAMP-OIL');
    const adjustment = { adjustmentId: randomUUID(), sku: 'LAMP-OIL', delta: 7 };
    await tcp.emit('stock.adjust', adjustment, clerk);
    while ((await available('LAMP-OIL')) === before) await pause(20);
    // As messages, so that their end can be waited for.
    await tcp.send('stock.adjust', adjustment, clerk);
    await tcp.send('stock.adjust', { ...adjustment, delta: 1_000 }, clerk);
    expect(await available('LAMP-OIL')).toBe(before + 7);
  });

  it("releases what others forgot for who manages inventory, and refuses it to anybody else's hands", async () => {
    const reservationId = randomUUID();
    await tcp.send('stock.reserve', { reservationId, items: TENTS }, anna);
    const ben = bearer(await issuer.mint(userClaims({ ...ANNA, subject: 'ben' })));
    await expect(tcp.send('stock.release', { reservationId }, ben)).rejects.toMatchObject({
      status: 403,
      code: 'not_the_owner',
    });
    await expect(tcp.send('stock.expired', { olderThanSeconds: 1 }, ben)).rejects.toMatchObject({ status: 403 });
    const found = async () => {
      const answer = (await tcp.send('stock.expired', { olderThanSeconds: 1 }, manager)) as {
        reservations: { reservationId: string; subject: string }[];
      };
      return answer.reservations.find((reservation) => reservation.reservationId === reservationId);
    };
    while ((await found()) === undefined) await pause(100);
    expect(await found()).toMatchObject({ subject: 'anna', status: 'held', items: TENTS });
    await tcp.send('stock.release', { reservationId }, manager);
    expect(await found()).toBeUndefined();
  });

  describe('refuses', () => {
    const calls: [pattern: string, data: object, scope: string][] = [
      ['stock.read', { skus: ['TENT-2P'] }, 'inventory:read'],
      ['stock.reserve', { reservationId: '018f0000-0000-7000-8000-000000000001', items: TENTS }, 'inventory:reserve'],
      ['stock.release', { reservationId: '018f0000-0000-7000-8000-000000000001' }, 'inventory:reserve'],
      ['stock.expired', { olderThanSeconds: 1 }, 'inventory:manage'],
      [
        'stock.adjust',
        { adjustmentId: '018f0000-0000-7000-8000-000000000001', sku: 'TENT-2P', delta: 1 },
        'inventory:adjust',
      ],
    ];

    afterEach(async () => {
      expect(await available('TENT-2P')).toBe(40);
    });

    it.each(calls)('%s without a token', async (pattern, data) => {
      await expect(tcp.send(pattern, data)).rejects.toMatchObject({ status: 401, code: 'authentication_required' });
      await expect(tcp.send(pattern, { ...data, ...anna })).rejects.toMatchObject({ status: 401 });
    });

    it.each(calls)('%s without the scope, whatever the role', async (pattern, data, scope) => {
      const scopes = ['inventory:read', 'inventory:reserve', 'inventory:manage', 'inventory:adjust'];
      // To release, managing is as good as reserving.
      const others = scopes.filter(
        (one) => one !== scope && !(pattern === 'stock.release' && one === 'inventory:manage'),
      );
      const token = await issuer.mint(userClaims({ roles: ['admin'], scopes: others }));
      await expect(tcp.send(pattern, data, bearer(token))).rejects.toMatchObject({
        status: 403,
        code: 'insufficient_scope',
      });
    });

    it.each(calls)('%s with a token that is not good', async (pattern, data, scope) => {
      for (const { why, token } of await refusedTokens(issuer, userClaims({ ...ANNA, scopes: [scope] }))) {
        const refusal: unknown = await tcp.send(pattern, data, bearer(token)).catch((error: unknown) => error);
        expect({ why, refusal }).toMatchObject({ why, refusal: { status: 401, code: 'invalid_token' } });
      }
    });

    const item = { sku: 'TENT-2P', quantity: 1 };
    const reservationId = '018f0000-0000-7000-8000-000000000002';
    it.each<[string, unknown]>([
      ['stock.read', {}],
      ['stock.read', 'TENT-2P'],
      ['stock.read', [{ skus: ['TENT-2P'] }]],
      ['stock.read', { skus: [] }],
      ['stock.read', { skus: 'TENT-2P' }],
      ['stock.read', { skus: ['TENT-2P', 'TENT-2P'] }],
      ['stock.read', { skus: ['\u0007'] }],
      ['stock.reserve', { items: [item] }],
      ['stock.reserve', { reservationId: 'x', items: [item] }],
      ['stock.reserve', { reservationId, items: [] }],
      ['stock.reserve', { reservationId, items: item }],
      ['stock.reserve', { reservationId, items: [null] }],
      ['stock.reserve', { reservationId, items: [[item]] }],
      ['stock.reserve', { reservationId, items: [item, item] }],
      ['stock.reserve', { reservationId, items: [{ ...item, quantity: 0 }] }],
      ['stock.reserve', { reservationId, items: [{ ...item, quantity: -1 }] }],
      ['stock.reserve', { reservationId, items: [{ ...item, quantity: 1.5 }] }],
      ['stock.reserve', { reservationId, items: [{ ...item, quantity: '1' }] }],
      ['stock.reserve', { reservationId, items: [{ ...item, quantity: 1001 }] }],
      ['stock.reserve', { reservationId, items: [{ ...item, price: 1 }] }],
      ['stock.reserve', { reservationId, items: [item], owner: 'ben' }],
      ['stock.release', { reservationId: 7 }],
    ])('%s of %j', async (pattern, data) => {
      await expect(tcp.send(pattern, data, anna)).rejects.toMatchObject({ status: 400, code: 'validation_failed' });
    });

    it('more SKUs or items in one call than its limit', async () => {
      const skus = Array.from({ length: 101 }, (_, n) => `S${String(n)}`);
      await expect(tcp.send('stock.read', { skus }, anna)).rejects.toMatchObject({ status: 400 });
      const items = skus.slice(0, 51).map((sku) => ({ sku, quantity: 1 }));
      await expect(tcp.send('stock.reserve', { reservationId, items }, anna)).rejects.toMatchObject({ status: 400 });
    });

    it.each([0, 0.5, '1', 1_000_001, -1_000_001, null])('an adjustment by %j', async (delta) => {
      const clerk = bearer(await issuer.mint(userClaims({ scopes: ['inventory:adjust'] })));
      const adjust = tcp.send('stock.adjust', { adjustmentId: randomUUID(), sku: 'TENT-2P', delta }, clerk);
      await expect(adjust).rejects.toMatchObject({ status: 400 });
    });
  });

  it('answers nothing but health and metrics over HTTP', async () => {
    await request(app.url).get('/health/ready').expect(200);
    await request(app.url).get('/metrics').expect(200);
    await request(app.url).get('/stock').set('Authorization', anna['authorization']!).expect(404);
  });
});
