import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Controller,
  Delete,
  Get,
  Module,
  Post,
  Res,
  VERSION_NEUTRAL,
  Version,
  VersioningType,
  type INestApplication,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthError, AuthModule, CurrentUser, Public, Roles, Scopes, type VerifiedToken } from '@watchword/auth';
import { userClaims, createTestIssuer, unsigned, withBrokenSignature, type TestIssuer } from '@watchword/auth/testing';

const ran: string[] = [];

@Controller('things')
class ThingsController {
  @Get()
  list(@CurrentUser() user: VerifiedToken): object {
    ran.push('list');
    return { subject: user.subject };
  }

  @Get('open')
  @Public()
  open(): string {
    ran.push('open');
    return 'open';
  }

  @Get('whoami')
  @Public()
  whoami(@CurrentUser() user: VerifiedToken): string {
    ran.push('whoami');
    return user.subject;
  }

  @Delete()
  @Roles('admin', 'janitor')
  remove(): void {
    ran.push('remove');
  }

  @Post()
  @Scopes('things:read', 'things:write')
  create(): void {
    ran.push('create');
  }
}

abstract class Reports {
  @Get()
  @Roles('admin')
  list(@CurrentUser() user: VerifiedToken): object {
    ran.push('reports');
    return { subject: user.subject };
  }
}

/** Says neither the role nor the parameter again. */
@Controller('reports')
class SalesReports extends Reports {
  @Get()
  override list(user: VerifiedToken): object {
    return super.list(user);
  }
}

@Controller({ path: 'versioned', version: VERSION_NEUTRAL })
class VersionedController {
  @Get()
  @Version('1')
  @Public()
  old(): string {
    return 'old';
  }

  @Get()
  @Version('2')
  new(): void {
    ran.push('new');
  }

  @Get('half')
  @Public()
  half(@Res() response: ServerResponse): never {
    response.writeHead(200).write('half');
    throw new AuthError('role_insufficient');
  }
}

@Public()
@Controller('lobby')
class LobbyController {
  @Get()
  look(): string {
    ran.push('look');
    return 'lobby';
  }

  @Get('safe')
  @Roles('admin')
  safe(): void {
    ran.push('safe');
  }
}

@Controller('lobby-heir')
class LobbyHeir extends LobbyController {}

@Roles('admin')
@Controller('vault')
class VaultController {
  @Get()
  look(): void {
    ran.push('vault');
  }

  @Get('sign')
  @Public()
  sign(): string {
    return 'closed at night';
  }

  @Get('inner')
  @Roles('keeper')
  inner(): void {
    ran.push('inner');
  }
}

@Controller('vault-heir')
class VaultHeir extends VaultController {}

let issuer: TestIssuer;
let app: INestApplication;
let port: number;

beforeAll(async () => {
  issuer = await createTestIssuer();
  @Module({
    imports: [AuthModule.forRoot(issuer.trusted('things'))],
    controllers: [
      ThingsController,
      LobbyController,
      LobbyHeir,
      VaultController,
      VaultHeir,
      SalesReports,
      VersionedController,
    ],
  })
  class AppModule {}
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  app = testing.createNestApplication({ logger: false });
  app.use(({ headers }: IncomingMessage, response: ServerResponse, next: () => void) => {
    if (headers['x-request-id'] !== undefined) response.setHeader('X-Request-Id', headers['x-request-id']);
    next();
  });
  app.enableVersioning({ type: VersioningType.HEADER, header: 'version', defaultVersion: VERSION_NEUTRAL });
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => app.close());
beforeEach(() => ran.splice(0));

interface Answer {
  status: number;
  challenge: string | undefined;
  type: string | undefined;
  caching: string | undefined;
  body: { code?: string; subject?: string; status?: number; detail?: string };
  text: string;
}

/** Raw: what fetch would merge or refuse goes out as it is. */
function send(method: string, path: string, headers: readonly string[] = []): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: ['Host', `127.0.0.1:${port}`, ...headers],
    });
    message.on('error', reject);
    message.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const isJson = text !== '' && response.headers['content-type']?.includes('json') === true;
        resolve({
          status: response.statusCode ?? 0,
          challenge: response.headers['www-authenticate'],
          type: response.headers['content-type'],
          caching: response.headers['cache-control'],
          body: isJson ? (JSON.parse(text) as Answer['body']) : {},
          text,
        });
      });
    });
    message.end();
  });
}

const bearer = (token: string): string[] => ['Authorization', `Bearer ${token}`];
const mint = (user: Parameters<typeof userClaims>[0] = {}): Promise<string> =>
  issuer.mint(userClaims({ audience: 'things', ...user }));

describe('an undecorated handler', () => {
  it('refuses a request without credentials with a bare challenge', async () => {
    const answer = await send('GET', '/things');
    expect(answer).toMatchObject({
      status: 401,
      challenge: 'Bearer',
      type: 'application/problem+json; charset=utf-8',
      caching: 'no-store',
    });
    expect(answer.body).toEqual({
      type: 'about:blank',
      title: 'Unauthorized',
      status: 401,
      detail: 'Authentication is required',
      code: 'authentication_required',
    });
    expect(ran).toEqual([]);
  });

  it('names the request in the refusal, when it has an id', async () => {
    expect((await send('GET', '/things', ['X-Request-Id', 'r-1'])).body).toMatchObject({ requestId: 'r-1' });
  });

  it('lets a good token in and shows whose it is', async () => {
    const answer = await send('GET', '/things', bearer(await mint({ subject: 'ada' })));
    expect(answer).toMatchObject({ status: 200, body: { subject: 'ada' } });
  });

  it.each([
    ['a changed signature', withBrokenSignature],
    ['no signature', unsigned],
    ['a letter more', (token: string) => `${token}A`],
  ])('refuses a token with %s as invalid_token and echoes nothing of it', async (_, forge) => {
    const token = forge(await mint());
    const answer = await send('GET', '/things', bearer(token));
    expect(answer).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
      body: { code: 'invalid_token' },
    });
    expect(answer.text).not.toContain(token.slice(0, 20));
    expect(ran).toEqual([]);
  });

  it("refuses another service's token", async () => {
    const answer = await send('GET', '/things', bearer(await mint({ audience: 'elsewhere' })));
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('does not look for a token in the query', async () => {
    const answer = await send('GET', `/things?access_token=${await mint()}`);
    expect(answer).toMatchObject({ status: 401, body: { code: 'authentication_required' } });
  });

  it.each([
    ['both good', (good: string) => [good, good]],
    ['the second bad', (good: string) => [good, 'Bearer x']],
    ['the first of another scheme', (good: string) => ['Basic eA==', good]],
    ['the first empty', (good: string) => ['', good]],
    ['the second empty', (good: string) => [good, '']],
  ])('refuses two Authorization headers, %s', async (_, values) => {
    const [first = '', second = ''] = values(`Bearer ${await mint()}`);
    const answer = await send('GET', '/things', ['Authorization', first, 'authorization', second]);
    expect(answer).toMatchObject({
      status: 400,
      challenge: 'Bearer error="invalid_request"',
      body: { code: 'invalid_request' },
    });
    expect(ran).toEqual([]);
  });

  it.each([
    '',
    'Bearer',
    'Bearer  ',
    'Bearer a b',
    'Bearer\tGOOD',
    'Bearer GOOD\tx',
    'Bearer GOOD,',
    'Bearer GOOD, Bearer GOOD',
  ])('refuses %j as malformed', async (value) => {
    const answer = await send('GET', '/things', ['Authorization', value.replaceAll('GOOD', await mint())]);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
    expect(ran).toEqual([]);
  });

  it.each(['Basic dXNlcjpwYXNz', 'DPoP GOOD', 'Token GOOD', 'Basic eA==, Bearer GOOD'])(
    'refuses %j with the challenge: it has no Bearer token',
    async (value) => {
      const answer = await send('GET', '/things', ['Authorization', value.replaceAll('GOOD', await mint())]);
      expect(answer).toMatchObject({ status: 401, challenge: 'Bearer', body: { code: 'authentication_required' } });
      expect(ran).toEqual([]);
    },
  );

  it('refuses HEAD as it refuses GET', async () => {
    expect(await send('HEAD', '/things')).toMatchObject({ status: 401, challenge: 'Bearer', text: '' });
    expect(ran).toEqual([]);
  });

  it('refuses one version of a route whose other version is public', async () => {
    expect(await send('GET', '/versioned', ['version', '1'])).toMatchObject({ status: 200, text: 'old' });
    expect(await send('GET', '/versioned', ['version', '2'])).toMatchObject({ status: 401 });
    expect(ran).toEqual([]);
  });
});

describe('@Public', () => {
  it('opens a handler to everybody, whatever token comes along', async () => {
    expect(await send('GET', '/things/open')).toMatchObject({ status: 200 });
    expect(await send('GET', '/things/open', bearer('garbage'))).toMatchObject({ status: 200 });
  });

  it('has no current user, also when a good token comes along', async () => {
    const answer = await send('GET', '/things/whoami', bearer(await mint()));
    expect(answer).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(ran).toEqual([]);
  });

  it('on a class opens its handlers but those that are restricted', async () => {
    expect(await send('GET', '/lobby')).toMatchObject({ status: 200 });
    expect(await send('GET', '/lobby/safe')).toMatchObject({ status: 401 });
    expect(await send('GET', '/lobby/safe', bearer(await mint()))).toMatchObject({ status: 403 });
    expect(ran).toEqual(['look']);
  });

  it('on a class is not inherited', async () => {
    expect(await send('GET', '/lobby-heir')).toMatchObject({ status: 401 });
    expect(ran).toEqual([]);
  });

  it('on a method opens it in a restricted class', async () => {
    expect(await send('GET', '/vault/sign')).toMatchObject({ status: 200 });
  });
});

describe('@Roles', () => {
  it('lets in whoever has one of the roles', async () => {
    expect(await send('DELETE', '/things', bearer(await mint({ roles: ['customer', 'janitor'] })))).toMatchObject({
      status: 200,
    });
  });

  it('refuses others with 403 insufficient_role', async () => {
    const answer = await send('DELETE', '/things', bearer(await mint({ roles: ['customer', 'administrator'] })));
    expect(answer).toMatchObject({
      status: 403,
      challenge: 'Bearer error="insufficient_scope"',
      body: { code: 'insufficient_role' },
    });
    expect(ran).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('takes a role named %s for no other', async (role) => {
    expect(await send('DELETE', '/things', bearer(await mint({ roles: [role] })))).toMatchObject({ status: 403 });
  });

  it('on a class holds for its handlers and for its subclasses', async () => {
    const customer = bearer(await mint());
    const admin = bearer(await mint({ roles: ['admin'] }));
    for (const path of ['/vault', '/vault-heir']) {
      expect(await send('GET', path, customer)).toMatchObject({ status: 403 });
      expect(await send('GET', path, admin)).toMatchObject({ status: 200 });
    }
  });

  it('holds for a method that overrides the restricted one, which gets its caller too', async () => {
    expect(await send('GET', '/reports', bearer(await mint()))).toMatchObject({ status: 403 });
    expect(ran).toEqual([]);
    expect(await send('GET', '/reports', bearer(await mint({ subject: 'ada', roles: ['admin'] })))).toMatchObject({
      status: 200,
      body: { subject: 'ada' },
    });
  });

  it('on a class and on a method must both be met', async () => {
    for (const roles of [['admin'], ['keeper']]) {
      expect(await send('GET', '/vault/inner', bearer(await mint({ roles })))).toMatchObject({ status: 403 });
    }
    expect(await send('GET', '/vault/inner', bearer(await mint({ roles: ['admin', 'keeper'] })))).toMatchObject({
      status: 200,
    });
  });
});

describe('@Scopes', () => {
  it('lets in whoever has all of the scopes', async () => {
    const answer = await send('POST', '/things', bearer(await mint({ scopes: ['things:write', 'things:read'] })));
    expect(answer).toMatchObject({ status: 201 });
  });

  it('refuses others with 403 and names the scopes', async () => {
    const answer = await send('POST', '/things', bearer(await mint({ scopes: ['things:write', 'things:reads'] })));
    expect(answer).toMatchObject({
      status: 403,
      challenge: 'Bearer error="insufficient_scope", scope="things:read things:write"',
      body: { code: 'insufficient_scope' },
    });
    expect(ran).toEqual([]);
  });
});

it('ends an answer that was begun when its handler refuses', async () => {
  expect(await send('GET', '/versioned/half')).toMatchObject({ status: 200, text: 'half' });
});

it('lets a good token in after all that', async () => {
  expect(await send('GET', '/things', bearer(await mint()))).toMatchObject({ status: 200 });
});
