import { Controller, Get, Module, type ExecutionContext } from '@nestjs/common';
import { AuthModule, CallerContext, CurrentUser, Public, Roles, type VerifiedToken } from '@watchword/auth';
import { userClaims, createTestIssuer, withClaims, type TestIssuer } from '@watchword/auth/testing';
import { runApp, type RunningApp } from './support/running-app.js';

@Controller()
class ShopController {
  constructor(private readonly callers: CallerContext) {}

  @Get('mine')
  mine(@CurrentUser() user: VerifiedToken): object {
    return { user: user.subject };
  }

  @Get('products')
  @Public({ verify: 'optional' })
  products(@CurrentUser() user: VerifiedToken | undefined): object {
    return { user: user?.subject ?? null, here: this.callers.current()?.verified.subject ?? null };
  }

  @Get('open')
  @Public()
  open(): object {
    return { here: this.callers.current()?.verified.subject ?? null };
  }
}

@Controller('catalogue')
@Public({ verify: 'optional' })
class CatalogueController {
  @Get()
  list(@CurrentUser() user: VerifiedToken | undefined): object {
    return { user: user?.subject ?? null };
  }

  @Get('all')
  @Roles('admin')
  all(@CurrentUser() user: VerifiedToken): object {
    return { user: user.subject };
  }
}

/** Every token in a cookie of this name, as a browser sends them. */
function cookies(context: ExecutionContext): string[] {
  const { headers } = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>();
  const pairs = (headers.cookie ?? '').split('; ').map((pair) => pair.split('='));
  return pairs.flatMap(([name, value]) => (name === 'access_token' ? [value ?? ''] : []));
}

let issuer: TestIssuer;
let running: RunningApp;
let token: string;

beforeAll(async () => {
  issuer = await createTestIssuer();
  token = await issuer.mint(userClaims({ audience: 'shop', subject: 'ada', roles: ['customer'] }));
  @Module({
    imports: [AuthModule.forRoot({ ...issuer.trusted('shop'), credentials: cookies })],
    controllers: [ShopController, CatalogueController],
  })
  class AppModule {}
  running = await runApp(AppModule);
});
afterAll(() => running.close());

async function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${running.url}/${path}`, { headers });
  return { status: response.status, body: await response.json() };
}

const bearer = (value: string): Record<string, string> => ({ authorization: `Bearer ${value}` });
const cookie = (...values: readonly string[]): Record<string, string> => ({
  cookie: values.map((value) => `access_token=${value}`).join('; '),
});

describe('credentials from elsewhere than the Authorization header', () => {
  it('are verified like those in it', async () => {
    await expect(get('mine', cookie(token))).resolves.toEqual({ status: 200, body: { user: 'ada' } });
    const forged = withClaims(token, { sub: 'root' });
    await expect(get('mine', cookie(forged))).resolves.toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    await expect(get('mine', cookie(''))).resolves.toMatchObject({ status: 400 });
    await expect(get('mine', { cookie: 'other=1' })).resolves.toMatchObject({ status: 401 });
  });

  it('are refused beside others, the same token or not', async () => {
    const both = await get('mine', { ...cookie(token), ...bearer(token) });
    expect(both).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    await expect(get('mine', cookie(token, token))).resolves.toMatchObject({ status: 400 });
  });
});

describe("a handler with @Public({ verify: 'optional' })", () => {
  it.each(['products', 'catalogue'])('knows the caller of a good token, and nobody without one: %s', async (path) => {
    await expect(get(path)).resolves.toMatchObject({ status: 200, body: { user: null } });
    await expect(get(path, bearer(token))).resolves.toMatchObject({ status: 200, body: { user: 'ada' } });
    await expect(get(path, cookie(token))).resolves.toMatchObject({ status: 200, body: { user: 'ada' } });
    await expect(get(path, { authorization: 'Basic YTpi' })).resolves.toMatchObject({
      status: 200,
      body: { user: null },
    });
  });

  it.each<[string, (good: string) => Record<string, string>, number]>([
    ['a changed one', (good) => bearer(withClaims(good, { sub: 'root' })), 401],
    ['one that has ended', (good) => bearer(withClaims(good, { exp: 1 })), 401],
    ['garbage', () => bearer('garbage'), 401],
    ['no token after the scheme', () => ({ authorization: 'Bearer' }), 400],
    ['two', (good) => ({ ...bearer(good), ...cookie(good) }), 400],
  ])('refuses a bad token: %s', async (_, headersOf, status) => {
    await expect(get('products', headersOf(token))).resolves.toMatchObject({ status });
  });

  it('shows its caller to the context, and the next one nobody', async () => {
    await expect(get('products', bearer(token))).resolves.toMatchObject({ body: { here: 'ada' } });
    await expect(get('products')).resolves.toMatchObject({ body: { here: null } });
  });

  it('of a class opens no restricted method of it', async () => {
    await expect(get('catalogue/all')).resolves.toMatchObject({ status: 401 });
    await expect(get('catalogue/all', bearer(token))).resolves.toMatchObject({ status: 403 });
  });
});

it('a public handler without it does not look at the token', async () => {
  await expect(get('open', bearer('garbage'))).resolves.toEqual({ status: 200, body: { here: null } });
  await expect(get('open', bearer(token))).resolves.toEqual({ status: 200, body: { here: null } });
});
