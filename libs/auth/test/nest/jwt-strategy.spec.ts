import { request } from 'node:http';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { AuthModule, CallerContext, Public, type VerifiedToken } from '@watchword/auth';
import { JwtStrategy } from '@watchword/auth/passport';
import { userClaims, createTestIssuer, unsigned, withClaims, type TestIssuer } from '@watchword/auth/testing';
import jsonwebtoken from 'jsonwebtoken';
import { runApp, type RunningApp } from './support/running-app.js';

@Controller()
class Passported {
  constructor(private readonly callers: CallerContext) {}

  @Get()
  @Public()
  @UseGuards(AuthGuard('jwt'))
  whoami(@Req() request: { user: VerifiedToken }): object {
    return { subject: request.user.subject, roles: [...request.user.roles] };
  }

  @Get('caller')
  @Public()
  @UseGuards(AuthGuard('jwt'))
  caller(@Req() request: { user: VerifiedToken }): object {
    return { subject: request.user.subject, caller: this.callers.current()?.verified.subject };
  }

  @Get('both')
  @UseGuards(AuthGuard('jwt'))
  both(@Req() request: { user: VerifiedToken }): object {
    return { subject: request.user.subject };
  }
}

let issuer: TestIssuer;
let running: RunningApp;
beforeAll(async () => {
  issuer = await createTestIssuer({ algorithm: 'EdDSA' });
  @Module({
    imports: [AuthModule.forRoot(issuer.trusted('things'))],
    controllers: [Passported],
    providers: [JwtStrategy],
  })
  class AppModule {}
  running = await runApp(AppModule);
});
afterAll(() => running.close());

const mint = (): Promise<string> => issuer.mint(userClaims({ subject: 'ada', audience: 'things', roles: ['admin'] }));

async function get(authorization?: string, path = '/'): Promise<object> {
  const response = await fetch(running.url + path, authorization === undefined ? {} : { headers: { authorization } });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    ...((await response.json()) as object),
  };
}

it("puts the verified token on the request under AuthGuard('jwt'), also with an algorithm that jsonwebtoken lacks", async () => {
  expect(await get(`Bearer ${await mint()}`)).toMatchObject({ status: 200, subject: 'ada', roles: ['admin'] });
});

it('makes calls to other services for its subject, also on a handler that the global guard leaves open', async () => {
  expect(await get(`Bearer ${await mint()}`, '/caller')).toMatchObject({ status: 200, subject: 'ada', caller: 'ada' });
});

it('works beside the global guard', async () => {
  expect(await get(`Bearer ${await mint()}`, '/both')).toMatchObject({ status: 200, subject: 'ada' });
  expect(await get(undefined, '/both')).toMatchObject({ status: 401 });
});

it('answers as the guard does', async () => {
  expect(await get()).toMatchObject({ status: 401, challenge: 'Bearer', code: 'authentication_required' });
  expect(await get('Basic x')).toMatchObject({ status: 401, challenge: 'Bearer', code: 'authentication_required' });
  for (const forge of [unsigned, (token: string) => withClaims(token, { sub: 'root' })]) {
    expect(await get(`Bearer ${forge(await mint())}`)).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token"',
      code: 'invalid_token',
    });
  }
});

it('refuses two Authorization headers, of which passport sees one', async () => {
  const good = `Bearer ${await mint()}`;
  const headers = ['Host', 'x', 'Authorization', good, 'Authorization', good];
  const status = await new Promise((resolve) => {
    request(running.url, { headers }, (response) => resolve(response.resume().statusCode)).end();
  });
  expect(status).toBe(400);
});

it('takes nothing that only passport-jwt would', async () => {
  const token = jsonwebtoken.sign({ sub: 'ada', aud: 'things', iss: issuer.issuer }, 'secret');
  expect(await get(`Bearer ${token}`)).toMatchObject({ status: 401, code: 'invalid_token' });
  expect(() => running.app.get(JwtStrategy).validate()).toThrow('TokenVerifier');
});
