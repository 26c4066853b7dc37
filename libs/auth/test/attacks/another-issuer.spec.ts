import { Controller, Get, Module } from '@nestjs/common';
import { AuthModule, Roles, Scopes } from '@watchword/auth';
import { ManualClock, userClaims, createTestIssuer, refusedTokens, type TestIssuer } from '../../src/entry/testing.js';
import { AuthError, type IssuerGrants, TokenVerifier, type VerifiedToken } from '../../src/verification/index.js';
import { runApp } from '../nest/support/running-app.js';

let own: TestIssuer;
let partner: TestIssuer;
/** Ahead of the machine's: what looked at that one would be off by years. */
const clock = new ManualClock(Date.UTC(2040, 0, 1));

beforeAll(async () => {
  own = await createTestIssuer({ issuer: 'https://own.test', clock });
  partner = await createTestIssuer({ issuer: 'https://partner.test', clock });
});

const claims = userClaims({
  roles: ['admin', 'customer'],
  scopes: ['orders:read', 'orders:write'],
  audience: 'orders',
});

/** What a partner's token counts for, also once it is known. */
async function countsFor(grants?: IssuerGrants, change = {}): Promise<{ roles: string[]; scopes: string[] }> {
  const trusted = { ...partner.trusted('orders'), ...(grants && { grants }) };
  const verifier = new TokenVerifier({ issuers: [own.trusted('orders'), trusted], clock });
  const token = await partner.mint({ ...claims, ...change });
  const views = [await verifier.verify(token), await verifier.verify(token)].map(
    ({ roles, scopes }: VerifiedToken) => ({
      roles: [...roles],
      scopes: [...scopes],
    }),
  );
  expect(views[1]).toEqual(views[0]);
  return views[0] ?? { roles: [], scopes: [] };
}

describe('the roles and scopes of another issuer', () => {
  it('count for nothing unless its trust says so', async () => {
    expect(await countsFor()).toEqual({ roles: [], scopes: [] });
    expect(await countsFor({})).toEqual({ roles: [], scopes: [] });
    expect(await countsFor({ scopes: ['orders:read'] })).toEqual({ roles: [], scopes: ['orders:read'] });
    expect(await countsFor({ roles: ['customer'] })).toEqual({ roles: ['customer'], scopes: [] });
  });

  it('count as what its trust translates them to', async () => {
    const grants = { roles: { admin: ['partner', 'customer'] }, scopes: { 'orders:read': 'partner-orders:read' } };
    expect(await countsFor(grants)).toEqual({ roles: ['partner', 'customer'], scopes: ['partner-orders:read'] });
  });

  it('do not come in by a name that every object has, in an exchanged token, or in claims that nobody asked for', async () => {
    const grants = { roles: { manager: 'partner' } };
    const roles = ['constructor', '__proto__', 'toString', 'manager'];
    expect(await countsFor(grants, { roles })).toEqual({ roles: ['partner'], scopes: [] });
    const hidden = { act: { sub: 'orders' }, realm_access: { roles: ['admin'] }, permissions: ['orders:write'] };
    expect(await countsFor(undefined, hidden)).toEqual({ roles: [], scopes: [] });
  });

  it('of the first issuer count as they are, unless its trust says which do', async () => {
    const rolesOf = async (grants?: IssuerGrants) => {
      const trusted = { ...own.trusted('orders'), ...(grants && { grants }) };
      const verifier = new TokenVerifier({ issuers: [trusted, partner.trusted('orders')], clock });
      return [...(await verifier.verify(await own.mint(claims))).roles];
    };
    expect(await rolesOf()).toEqual(['admin', 'customer']);
    expect(await rolesOf({ roles: ['customer'] })).toEqual(['customer']);
  });

  it.each([[['']], [[7]], [{ manager: '' }], [{ manager: [7] }], [{ '': 'customer' }]])(
    'granted as %j stop the start',
    (roles) => {
      const trusted = { ...partner.trusted('orders'), grants: { roles } as unknown as IssuerGrants };
      expect(() => new TokenVerifier({ issuers: [own.trusted('orders'), trusted] })).toThrow(/grants\.roles/);
    },
  );

  it('open no handler', async () => {
    @Controller()
    class Stock {
      @Get()
      @Roles('admin')
      wipe(): string {
        return 'wiped';
      }

      @Get('write')
      @Scopes('orders:write')
      write(): string {
        return 'written';
      }
    }
    const issuers = [own.trusted('orders'), partner.trusted('orders')] as const;
    @Module({ imports: [AuthModule.forRoot({ issuers, clock })], controllers: [Stock] })
    class App {}
    const running = await runApp({ module: App });
    const status = async (issuer: TestIssuer, path: string) =>
      (await fetch(running.url + path, { headers: { authorization: `Bearer ${await issuer.mint(claims)}` } })).status;
    for (const path of ['/', '/write']) {
      expect(await status(partner, path)).toBe(403);
      expect(await status(own, path)).toBe(200);
    }
    await running.close();
  });
});

describe('the tokens of the test kit that must be refused', () => {
  it('are refused by the clock of the test', async () => {
    const verifier = new TokenVerifier({ issuers: [own.trusted('orders')], clock });
    for (const { token } of await refusedTokens(own, claims)) {
      await expect((async () => verifier.verify(token))()).rejects.toBeInstanceOf(AuthError);
    }
    await expect((async () => verifier.verify(await own.mint(claims)))()).resolves.toBeDefined();
  });
});
