import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, CallerContext, CurrentUser, Scopes, TokenVerifier, type VerifiedToken } from '@watchword/auth';
import { provideAuthTesting } from '@watchword/auth/testing';
import request from 'supertest';

/** What docs/protect-a-service.md tells a reader to write, as it stands there. */
@Controller('parcels')
class ParcelsController {
  constructor(private readonly callers: CallerContext) {}

  @Get()
  mine(@CurrentUser() user: VerifiedToken): object {
    return { subject: user.subject, inContext: this.callers.current()?.verified.subject };
  }

  @Post()
  @Scopes('parcels:write')
  send(@Body() parcel: object): object {
    return parcel;
  }
}

@Module({
  imports: [AuthModule.forRoot({ issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } })],
  controllers: [ParcelsController],
})
class AppModule {}

it('holds: the test of the guide passes', async () => {
  const auth = await provideAuthTesting();
  const testing = await auth.applyTo(Test.createTestingModule({ imports: [AppModule] })).compile();
  const app = await testing.createNestApplication({ logger: false }).init();
  const server = request(app.getHttpServer() as Parameters<typeof request>[0]);

  const parcel = { to: 'Rome' };
  const ada = { subject: 'ada', scopes: ['parcels:write'] };
  await auth.asUser(server, ada).post('/parcels').send(parcel).expect(201, parcel);
  await auth.asUser(server, ada).get('/parcels').expect(200, { subject: 'ada', inContext: 'ada' });

  for (const { token } of await auth.refusedTokens()) {
    await auth.asUser(server, token).get('/parcels').expect(401);
  }

  const token = auth.token(ada);
  const verified = await app.get(TokenVerifier).verify(token);
  const callers = app.get(CallerContext);
  expect(callers.runAs({ token, verified }, () => callers.current()?.verified)).toBe(verified);
  await app.close();
});
