import { Controller, Get, Injectable, Module, type DynamicModule, type ExecutionContext } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AccessTokenGuard,
  AuthError,
  AuthModule,
  CallerContext,
  TokenVerifier,
  type AuthModuleOptions,
  type Requirements,
  type VerifiedToken,
} from '@watchword/auth';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { runApp } from './support/running-app.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

@Controller()
class Hello {
  @Get()
  hello(): string {
    return 'hello';
  }
}

@Module({ controllers: [Hello] })
class AppModule {}

const appOf = (auth: DynamicModule): DynamicModule => ({ module: AppModule, imports: [auth] });

describe('options', () => {
  it.each([
    ['issuer', { issuer: undefined }, /`issuer` is missing.*forRoot\(\{ issuer:/],
    ['issuer', { issuer: ' ' }, /`issuer` is missing/],
    ['audience', { audience: undefined }, /`audience` is missing.*forRoot\(\{ audience:/],
    ['audience', { audience: [] }, /`audience` is missing/],
    ['audience', { audience: ['orders', ''] }, /`audience` is missing/],
    ['keys', { keys: undefined }, /neither `keys` nor `secrets`.*jwksUri/],
    ['issuers', { issuers: [] }, /`issuers` is empty/],
  ])('without %s (%j) the application does not start, and is told the fix', async (_, change, message) => {
    const options = { ...issuer.trusted('orders'), ...change } as unknown as AuthModuleOptions;
    const compiling = Test.createTestingModule({ imports: [AuthModule.forRoot(options)] }).compile();
    await expect(compiling).rejects.toThrow(message);
  });

  it('cannot be left out by type', () => {
    const { audience: _audience, ...withoutAudience } = issuer.trusted('orders');
    const { issuer: _issuer, ...withoutIssuer } = issuer.trusted('orders');
    // @ts-expect-error -- no audience
    AuthModule.forRoot(withoutAudience);
    // @ts-expect-error -- no issuer
    AuthModule.forRoot(withoutIssuer);
    // @ts-expect-error -- no issuer at all
    AuthModule.forRoot({ issuers: [] });
    expect.assertions(0);
  });

  it('come from a factory, and several issuers are trusted side by side', async () => {
    const partner = await createTestIssuer({ issuer: 'https://partner.test' });
    const auth = AuthModule.forRootAsync({
      useFactory: async () => ({
        issuers: [issuer.trusted('orders'), partner.trusted('orders-api')],
        clockTolerance: 1,
      }),
    });
    const running = await runApp(appOf(auth));
    const status = async (token: string): Promise<number> =>
      (await fetch(running.url, { headers: { authorization: `Bearer ${token}` } })).status;
    expect(await status(await issuer.mint(userClaims({ audience: 'orders' })))).toBe(200);
    expect(await status(await partner.mint(userClaims({ audience: 'orders-api' })))).toBe(200);
    expect(await status(await partner.mint(userClaims({ audience: 'orders' })))).toBe(401);
    await running.close();
  });
});

it('starts the verifier with the application and stops it at the end', async () => {
  const jwks = await issuer.serve();
  const trusted = { issuer: issuer.issuer, audience: 'orders', keys: { jwksUri: jwks.jwksUri } };
  const running = await runApp(appOf(AuthModule.forRoot(trusted)));
  expect(running.app.get(TokenVerifier).status()).toMatchObject([{ issuer: issuer.issuer, ready: true }]);
  await running.close();
  await jwks.close();
});

it('starts without the issuer, and answers 503 until there are keys: unavailable is not invalid', async () => {
  const jwks = await issuer.serve();
  await jwks.close();
  const trusted = { issuer: issuer.issuer, audience: 'orders', keys: { jwksUri: jwks.jwksUri } };
  const running = await runApp(appOf(AuthModule.forRoot(trusted)));
  const token = await issuer.mint(userClaims({ audience: 'orders' }));
  const response = await fetch(running.url, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(await response.json()).toMatchObject({ code: 'temporarily_unavailable' });
  await running.close();
});

it('takes a guard that changes one step', async () => {
  @Injectable()
  class WeekendGuard extends AccessTokenGuard {
    protected override authorize(caller: VerifiedToken, requirements: Requirements, context: ExecutionContext) {
      if (caller.subject === 'eve') throw new AuthError('role_insufficient');
      return super.authorize(caller, requirements, context);
    }
  }
  const running = await runApp(appOf(AuthModule.forRoot({ ...issuer.trusted('orders'), guard: WeekendGuard })));
  const status = async (subject: string): Promise<number> => {
    const authorization = `Bearer ${await issuer.mint(userClaims({ subject, audience: 'orders' }))}`;
    return (await fetch(running.url, { headers: { authorization } })).status;
  };
  expect([await status('ada'), await status('eve')]).toEqual([200, 403]);
  await running.close();
});

it('awaits a guard whose step is asynchronous, for a token that it knows and for one that it does not', async () => {
  const ran: string[] = [];
  @Injectable()
  class PolicyGuard extends AccessTokenGuard {
    protected override async authorize(
      caller: VerifiedToken,
      requirements: Requirements,
      context: ExecutionContext,
    ): Promise<void> {
      await super.authorize(caller, requirements, context);
      await new Promise((resolve) => setImmediate(resolve));
      ran.push(`${context.getClass().name}: ${caller.subject}`);
      if (caller.subject === 'eve') throw new AuthError('role_insufficient');
    }
  }
  const running = await runApp(appOf(AuthModule.forRoot({ ...issuer.trusted('orders'), guard: PolicyGuard })));
  for (const [subject, status] of [
    ['ada', 200],
    ['eve', 403],
  ] as const) {
    const authorization = `Bearer ${await issuer.mint(userClaims({ subject, audience: 'orders' }))}`;
    for (const _time of ['new', 'known']) {
      expect((await fetch(running.url, { headers: { authorization } })).status).toBe(status);
    }
  }
  expect(ran.map((line) => line.split(': ')[1])).toEqual(['ada', 'ada', 'eve', 'eve']);
  await running.close();
});

it('offers verifier and caller context to every module', async () => {
  @Module({})
  class Elsewhere {
    constructor(
      readonly verifier: TokenVerifier,
      readonly callers: CallerContext,
    ) {}
  }
  const testing = await Test.createTestingModule({
    imports: [Elsewhere, AuthModule.forRoot(issuer.trusted('orders'))],
  }).compile();
  expect(testing.get(Elsewhere).verifier).toBeInstanceOf(TokenVerifier);
  expect(testing.get(Elsewhere).callers).toBeInstanceOf(CallerContext);
});
