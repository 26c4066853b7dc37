import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, CallerContext, CurrentUser, Scopes, TokenVerifier } from '@watchword/auth';
import type { VerifiedToken } from '@watchword/auth';
import { asUser, createTestIssuer, refusedTokens } from '@watchword/auth/testing';
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

@Module({ controllers: [ParcelsController] })
class ParcelsModule {}

const server = (app: INestApplication): Parameters<typeof request>[0] =>
  app.getHttpServer() as Parameters<typeof request>[0];

it('holds: the test of the guide passes', async () => {
  const issuer = await createTestIssuer();
  const testing = await Test.createTestingModule({
    imports: [AuthModule.forRoot(issuer.trusted('parcels')), ParcelsModule],
  }).compile();
  const app = await testing.createNestApplication({ logger: false }).init();

  const ada = await issuer.mint(asUser({ subject: 'ada', audience: 'parcels', scopes: ['parcels:write'] }));
  const parcel = { to: 'Rome' };
  await request(server(app)).post('/parcels').set('Authorization', `Bearer ${ada}`).send(parcel).expect(201, parcel);
  await request(server(app))
    .get('/parcels')
    .set('Authorization', `Bearer ${ada}`)
    .expect(200, { subject: 'ada', inContext: 'ada' });

  for (const { token } of await refusedTokens(issuer, asUser({ audience: 'parcels' }))) {
    // oxlint-disable-next-line no-await-in-loop
    await request(server(app)).get('/parcels').set('Authorization', `Bearer ${token}`).expect(401);
  }

  const verified = await app.get(TokenVerifier).verify(ada);
  const callers = app.get(CallerContext);
  expect(callers.runAs({ token: ada, verified }, () => callers.current()?.verified)).toBe(verified);
  await app.close();
});
