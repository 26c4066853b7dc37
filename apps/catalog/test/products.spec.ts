import { userClaims, createTestIssuer, refusedTokens, type TestIssuer } from '@watchword/auth/testing';
import { startTestApp, type TestApp } from '@watchword/platform/testing';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';
import { CatalogConfig } from '../src/config/index.js';

const WRITE = { scopes: ['catalog:write'] };
const axe = { sku: 'AXE', name: 'Axe', priceCents: 1_900, currency: 'EUR' };

describe('catalog', () => {
  let issuer: TestIssuer;
  let keys: Awaited<ReturnType<TestIssuer['serve']>>;
  let app: TestApp;
  let writer: string;

  beforeAll(async () => {
    issuer = await createTestIssuer();
    keys = await issuer.serve();
    app = await startTestApp({
      name: 'catalog',
      module: AppModule,
      config: CatalogConfig,
      environment: { AUTH_ISSUER: issuer.issuer, AUTH_JWKS_URI: keys.jwksUri },
    });
    writer = await issuer.mint(userClaims(WRITE));
  });

  afterAll(async () => {
    await app.close();
    await keys.close();
  });

  const as = (token: string) => ({ Authorization: `Bearer ${token}` });
  const http = () => request(app.url);

  describe('reading', () => {
    it('is open to everybody, in pages', async () => {
      const first = await http().get('/products').query({ limit: 2 }).expect(200);
      expect(first.body.items.map(({ sku }: { sku: string }) => sku)).toEqual(['LAMP-OIL', 'TENT-2P']);
      const second = await http().get('/products').query({ limit: 2, after: first.body.next }).expect(200);
      expect(second.body).toMatchObject({ items: [{ sku: 'TILE-OAK', priceCents: 390, currency: 'EUR' }], next: null });
    });

    it('gives the products that are named', async () => {
      const { body } = await http().get('/products').query({ skus: 'TILE-OAK,NONE,TENT-2P' }).expect(200);
      expect(body.items.map(({ sku }: { sku: string }) => sku)).toEqual(['TENT-2P', 'TILE-OAK']);
    });

    it('gives one product, and for an unknown one a problem document', async () => {
      const found = await http().get('/products/TENT-2P').expect(200);
      expect(found.body).toMatchObject({ sku: 'TENT-2P', name: 'Tent for two', priceCents: 18_900 });
      const missing = await http().get('/products/NONE').expect(404);
      expect(missing.headers['content-type']).toContain('application/problem+json');
      expect(missing.body).toMatchObject({ status: 404, code: 'not_found' });
    });

    it.each([
      '/products?limit=0',
      '/products?limit=101',
      '/products?limit=x',
      '/products?limit=1e1000',
      '/products?after=%00',
      '/products?skus=',
      '/products?skus=a',
      '/products?skus=A&skus=%00',
      '/products?unknown=1',
      '/products/%00',
      '/products/lower',
      `/products/${'A'.repeat(41)}`,
    ])('refuses %s', async (path) => {
      const { body } = await http().get(path).expect(400);
      expect(body.code).toBe('validation_failed');
    });
  });

  describe('writing', () => {
    it('creates, changes and removes with the scope catalog:write', async () => {
      const created = await http().post('/products').set(as(writer)).send(axe).expect(201);
      expect(created.body).toEqual({ ...axe, description: null });
      const changed = await http().patch('/products/AXE').set(as(writer)).send({ priceCents: 0 }).expect(200);
      expect(changed.body).toEqual({ ...axe, description: null, priceCents: 0 });
      await http().delete('/products/AXE').set(as(writer)).expect(204);
      await http().get('/products/AXE').expect(404);
    });

    it('answers 409 where the SKU is taken, and 404 where there is nothing to change or remove', async () => {
      const taken = await http()
        .post('/products')
        .set(as(writer))
        .send({ ...axe, sku: 'TENT-2P' })
        .expect(409);
      expect(taken.body.code).toBe('conflict');
      await http().patch('/products/NONE').set(as(writer)).send({ priceCents: 1 }).expect(404);
      await http().delete('/products/NONE').set(as(writer)).expect(404);
    });

    it.each<[string, object]>([
      ['no SKU', { ...axe, sku: undefined }],
      ['a SKU in small letters', { ...axe, sku: 'axe' }],
      ['an empty name', { ...axe, name: '' }],
      ['a name with a control character', { ...axe, name: 'A\u0007xe' }],
      ['a negative price', { ...axe, priceCents: -1 }],
      ['a price of half a cent', { ...axe, priceCents: 0.5 }],
      ['a price as text', { ...axe, priceCents: '1' }],
      ['a price beyond the limit', { ...axe, priceCents: 100_000_001 }],
      ['no currency that exists', { ...axe, currency: 'XYZ' }],
      ['a currency in small letters', { ...axe, currency: 'eur' }],
      ['a field that nobody knows', { ...axe, createdAt: '2020-01-01' }],
      ['a list', [axe]],
    ])('refuses to create from %s', async (_, body) => {
      const answer = await http().post('/products').set(as(writer)).send(body).expect(400);
      expect(answer.body.code).toBe('validation_failed');
    });

    it.each([{ name: null }, { priceCents: null }, { currency: null }, { sku: 'OTHER' }, { priceCents: -1 }])(
      'refuses to change to %j',
      async (change) => {
        await http().patch('/products/TENT-2P').set(as(writer)).send(change).expect(400);
      },
    );
  });

  describe('refuses to write', () => {
    const attempts = [
      ['POST', '/products'],
      ['PATCH', '/products/TENT-2P'],
      ['DELETE', '/products/TENT-2P'],
    ] as const;

    const attempt = (method: 'POST' | 'PATCH' | 'DELETE', path: string, headers: Record<string, string>) =>
      http()[method.toLowerCase() as 'post' | 'patch' | 'delete'](path).set(headers).send(axe);

    it.each(attempts)('without a token: %s %s', async (method, path) => {
      const { headers, body } = await attempt(method, path, {}).expect(401);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
      expect(headers['www-authenticate']).not.toContain('error');
      expect(body.code).toBe('authentication_required');
    });

    it.each(attempts)('without the scope: %s %s', async (method, path) => {
      const reader = await issuer.mint(userClaims({ roles: ['admin'], scopes: ['orders:write'] }));
      const { headers, body } = await attempt(method, path, as(reader)).expect(403);
      expect(headers['www-authenticate']).toContain('scope="catalog:write"');
      expect(body.code).toBe('insufficient_scope');
    });

    it.each(attempts)('with a token that is not good: %s %s', async (method, path) => {
      for (const { why, token } of await refusedTokens(issuer, userClaims(WRITE))) {
        const { status, body } = await attempt(method, path, as(token));
        expect({ why, status, code: body.code }).toEqual({ why, status: 401, code: 'invalid_token' });
      }
      await http().get('/products/TENT-2P').expect(200);
    });
  });

  it('is ready, and documents itself', async () => {
    await http().get('/health/ready').expect(200);
    const { body } = await http().get('/docs/openapi.json').expect(200);
    expect(body.paths['/products'].get.security).toEqual([]);
    expect(body.components.schemas.CreateProduct.required).toEqual(['sku', 'name', 'priceCents', 'currency']);
    expect(body.components.schemas.ChangeProduct.required).toBeUndefined();
  });
});
