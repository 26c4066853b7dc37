import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, Public, Roles, Scopes } from '@watchword/auth';
import { provideAuthTesting, type AuthTesting } from '@watchword/auth/testing';
import request from 'supertest';

@Controller('things')
class ThingsController {
  @Get()
  @Roles('clerk', 'admin')
  @Scopes('things:read')
  list(): object {
    return {};
  }

  @Get('open')
  @Public()
  open(): object {
    return {};
  }
}

@Module({
  imports: [AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'things', keys: { discovery: true } })],
  controllers: [ThingsController],
})
class AppModule {}

/** Keeps what is logged. */
class Lines {
  readonly lines: string[] = [];
  log(line: string): void {
    this.lines.push(line);
  }
  error(): void {}
  warn(): void {}
}

let auth: AuthTesting;
let app: INestApplication;
let logger: Lines;
async function start(): Promise<ReturnType<typeof request>> {
  auth = await provideAuthTesting();
  logger = new Lines();
  const testing = await auth.applyTo(Test.createTestingModule({ imports: [AppModule] })).compile();
  app = await testing.createNestApplication({ logger }).init();
  return request(app.getHttpServer() as Parameters<typeof request>[0]);
}
afterEach(() => app.close());

it('publishes each decision and each change of keys on channels that anybody can subscribe to', async () => {
  const heard: [string, unknown][] = [];
  const names = ['watchword:verify', 'watchword:refuse', 'watchword:keys'];
  const listener = (message: unknown, name: string | symbol) => void heard.push([String(name), message]);
  for (const name of names) subscribe(name, listener);
  try {
    const server = await start();
    const clerk = { subject: 'ada', roles: ['clerk'], scopes: ['things:read'] };
    await auth.asUser(server, clerk).get('/things').expect(200);
    await auth
      .asUser(server, { scopes: ['things:read'] })
      .get('/things')
      .expect(403);
    await server.get('/things').expect(401);
    await server.get('/things/open').expect(200);
    const { keyId } = auth.issuer().key;
    auth.goDown();
    await auth.rotate();
    const about = { handler: 'ThingsController.list', context: 'http' };
    expect(heard).toMatchObject([
      ['watchword:keys', { issuer: 'https://auth.example', event: 'fetched', keyIds: [expect.any(String)] }],
      ['watchword:verify', { ...about, caller: { subject: 'ada' } }],
      ['watchword:refuse', { ...about, error: { code: 'role_insufficient' } }],
      ['watchword:refuse', { ...about, error: { code: 'credentials_missing' } }],
      ['watchword:verify', { handler: 'ThingsController.open', context: 'http', caller: undefined }],
      ['watchword:keys', { event: 'failed', keyIds: [keyId], error: expect.any(Error) as unknown }],
    ]);
  } finally {
    for (const name of names) unsubscribe(name, listener);
  }
});

it('explains each decision in a line where AUTH_EXPLAIN is 1, without the token, and says nothing otherwise', async () => {
  const ask = async () => {
    const server = await start();
    const token = auth.token({ roles: ['customer'], scopes: ['things:read'] });
    await auth.asUser(server, token).get('/things').expect(403);
    await auth
      .asUser(server, { roles: ['admin'], scopes: ['things:read'] })
      .get('/things')
      .expect(200);
    await server.get('/things').expect(401);
    await server.get('/things/open').expect(200);
    return { token, lines: logger.lines.filter((line) => line.startsWith('ThingsController.')) };
  };
  expect((await ask()).lines).toEqual([]);
  await app.close();
  process.env['AUTH_EXPLAIN'] = '1';
  try {
    const { token, lines } = await ask();
    const required = 'Required: one role of clerk, admin and scope things:read.';
    const from = `from https://auth.example, key ${auth.issuer().key.keyId}.`;
    expect(lines).toEqual([
      `ThingsController.list (http) refused as role_insufficient: needs one of clerk, admin. ${required} Presented: roles customer; scopes things:read; ${from}`,
      `ThingsController.list (http) accepted. ${required} Presented: roles admin; scopes things:read; ${from}`,
      `ThingsController.list (http) refused as credentials_missing. ${required} Presented: no verified token.`,
      'ThingsController.open (http) accepted. Required: nothing. Presented: no verified token.',
    ]);
    expect(lines.join()).not.toContain(token.split('.')[2]);
  } finally {
    delete process.env['AUTH_EXPLAIN'];
  }
});
