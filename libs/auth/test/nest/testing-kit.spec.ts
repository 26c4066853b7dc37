import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Body, Controller, Get, Module, Post, type INestApplication, type Type } from '@nestjs/common';
import { GrpcMethod, MessagePattern, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import {
  AuthModule,
  CurrentUser,
  Roles,
  Scopes,
  providerClaims,
  type AuthModuleOptions,
  type FollowOptions,
  type VerifiedToken,
} from '@watchword/auth';
import {
  ManualClock,
  createSecretSigningKey,
  provideAuthTesting,
  type AuthTesting,
  type AuthTestingOptions,
} from '@watchword/auth/testing';
import request from 'supertest';
import { freePort } from './support/free-port.js';
import { TRANSPORTS, describeOnTransport } from './support/transports.js';

const READ = `${randomUUID()}.read`;

@Controller('parcels')
class ParcelsController {
  @Get()
  mine(@CurrentUser() { issuer, subject, roles }: VerifiedToken): object {
    return { issuer, subject, roles: [...roles] };
  }

  @Post()
  @Scopes('parcels:write')
  @Roles('clerk')
  send(@Body() parcel: object): object {
    return parcel;
  }

  @MessagePattern(READ)
  read(_: object, @CurrentUser() { subject }: VerifiedToken): object {
    return { subject };
  }

  @GrpcMethod('Stock', 'Read')
  stock(_: unknown, @CurrentUser() { subject }: VerifiedToken): object {
    return { subject, here: '', sku: '' };
  }
}

// As in production: nothing here is for tests, and nothing of it can be reached.
const OWN = { issuer: 'https://auth.example', audience: 'parcels', keys: { discovery: true } } as const;
const follow: FollowOptions = {
  urls: ['https://auth.example/security-events'],
  clientId: 'parcels',
  clientSecret: 'x'.repeat(43),
};

function moduleWith(options: AuthModuleOptions): Type {
  @Module({ imports: [AuthModule.forRoot(options)], controllers: [ParcelsController] })
  class AppModule {}
  return AppModule;
}

let apps: INestApplication[] = [];
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});

async function start(
  options: AuthModuleOptions = OWN,
  kit: AuthTestingOptions = {},
): Promise<{ auth: AuthTesting; app: INestApplication; server: ReturnType<typeof request> }> {
  const auth = await provideAuthTesting(kit);
  const app = await startWith(auth, options);
  return { auth, app, server: agentOf(app) };
}

async function startWith(auth: AuthTesting, options: AuthModuleOptions, microservice?: MicroserviceOptions) {
  const testing = await auth.applyTo(Test.createTestingModule({ imports: [moduleWith(options)] })).compile();
  const app = testing.createNestApplication({ logger: false });
  apps.push(app);
  if (microservice !== undefined) {
    app.connectMicroservice(microservice, { inheritAppConfig: true });
    await app.startAllMicroservices();
  }
  return app.init();
}

const agentOf = (app: INestApplication) => request(app.getHttpServer() as Parameters<typeof request>[0]);

describe('the test kit', () => {
  it('sends requests as anybody, to an application that trusts an issuer which is not there', async () => {
    const { auth, server } = await start({ ...OWN, follow });
    await auth
      .asUser(server, { subject: 'ada' })
      .get('/parcels')
      .expect(200, { issuer: 'https://auth.example', subject: 'ada', roles: ['customer'] });
    await server.get('/parcels').expect(401);
    const clerk = auth.asUser(server, { roles: ['clerk'], scopes: ['parcels:write'] });
    await clerk.post('/parcels').send({ to: 'Rome' }).expect(201, { to: 'Rome' });
    await auth
      .asUser(server, { roles: ['clerk'] })
      .post('/parcels')
      .expect(403);
    await auth
      .asUser(server, auth.token({ subject: 'bob' }))
      .get('/parcels')
      .expect(200);
    await auth.asUser(server, 'garbage').get('/parcels').expect(401);
  });

  it('has tokens with every flaw, and the application refuses each: nothing is mocked', async () => {
    const { auth, server } = await start();
    const refused = await auth.refusedTokens({ roles: ['clerk'], scopes: ['parcels:write'] });
    expect(refused.length).toBeGreaterThan(10);
    for (const { why, token } of refused) {
      const { status } = await auth.asUser(server, token).post('/parcels').send({});
      expect([why, status]).toEqual([why, 401]);
    }
  });

  it('has a clock of its own, which tokens and the application go by', async () => {
    const clock = new ManualClock();
    const { auth, server } = await start(OWN, { clock });
    const token = auth.token({}, { lifetime: 60 });
    await auth.asUser(server, token).get('/parcels').expect(200);
    auth.clock.advance(66);
    await auth.asUser(server, token).get('/parcels').expect(401);
    await auth.asUser(server).get('/parcels').expect(200);
  });

  it('revokes, also a token that was accepted before, and nothing else', async () => {
    const { auth, server } = await start({ ...OWN, revocations: { isRevoked: ({ subject }) => subject === 'eve' } });
    const [mine, other] = [auth.token({ subject: 'ada', sessionId: 's-1' }), auth.token({ sessionId: 's-2' })];
    await auth.asUser(server, mine).get('/parcels').expect(200);
    auth.revoke({ sessionId: 's-1' });
    await auth.asUser(server, mine).get('/parcels').expect(401);
    await auth.asUser(server, other).get('/parcels').expect(200);
    auth.revoke({ subject: 'ada', clientId: 'another' });
    await auth.asUser(server, { subject: 'ada' }).get('/parcels').expect(200);
    await auth.asUser(server, { subject: 'eve' }).get('/parcels').expect(401);
    expect(() => auth.revoke({})).toThrow(/Say what to revoke/);
  });

  it('rotates keys while the application runs, and takes the issuer away', async () => {
    const { auth, server } = await start();
    const old = auth.token();
    await auth.rotate();
    await auth.asUser(server, old).get('/parcels').expect(200);
    await auth.asUser(server).get('/parcels').expect(200);
    auth.goDown();
    await auth.rotate();
    await auth.asUser(server, old).get('/parcels').expect(200);
    await auth.asUser(server).get('/parcels').expect(401);
    auth.comeBack();
    await auth.rotate();
    await auth.asUser(server).get('/parcels').expect(200);
  });

  it('stands for several issuers, each with its algorithm, type of token, claims and grants', async () => {
    const partner = 'https://id.partner.example/realms/main';
    const { auth, server } = await start(
      {
        issuers: [
          { issuer: 'https://auth.example', audience: 'parcels', secrets: [createSecretSigningKey().secret as string] },
          {
            issuer: partner,
            audience: 'parcels',
            keys: { discovery: true },
            algorithms: ['RS256'],
            tokenTypes: ['JWT'],
            claims: providerClaims.keycloak('parcels'),
            grants: { roles: { manager: 'clerk' } },
          },
        ],
      },
      {
        claimsOf: ({ subject = 'somebody', roles = [] }, issuer) =>
          issuer === partner
            ? { sub: subject, azp: 'shop', typ: 'Bearer', resource_access: { parcels: { roles } } }
            : { sub: subject, roles },
      },
    );
    await auth
      .asUser(server, { subject: 'ada', roles: ['clerk'] })
      .get('/parcels')
      .expect(200);
    await auth
      .asUser(server, { subject: 'ada', roles: ['manager'], issuer: partner })
      .get('/parcels')
      .expect(200, { issuer: partner, subject: 'ada', roles: ['clerk'] });
    for (const { why, token } of await auth.refusedTokens({ issuer: partner })) {
      const { status } = await auth.asUser(server, token).get('/parcels');
      expect([why, status]).toEqual([why, 401]);
    }
    expect(() => auth.token({ issuer: 'https://another.example' })).toThrow(/does not trust https:\/\/another/);
  });

  it('says what to do where no application was made with it', async () => {
    const auth = await provideAuthTesting();
    expect(() => auth.token()).toThrow(/Call applyTo\(/);
  });

  it('serves several applications of one test, each with its own audience', async () => {
    const auth = await provideAuthTesting();
    const parcels = agentOf(await startWith(auth, OWN));
    const stock = agentOf(await startWith(auth, { ...OWN, audience: 'stock' }));
    const both = auth.token({});
    await auth.asUser(parcels, both).get('/parcels').expect(200);
    await auth.asUser(stock, both).get('/parcels').expect(200);
    await auth.asUser(stock, { audience: 'parcels' }).get('/parcels').expect(401);
  });
});

for (const transport of TRANSPORTS.filter(({ name }) => name === 'TCP' || name === 'NATS')) {
  describeOnTransport(transport, () => {
    it('is called as anybody by a client of the test kit', async () => {
      const auth = await provideAuthTesting();
      const line = await transport.open();
      await startWith(auth, OWN, line.server);
      const client = await auth.client(line.service, { subject: 'ada' });
      expect(await client.send(READ, {})).toEqual({ subject: 'ada' });
      const stranger = await auth.client(line.service, 'garbage');
      await expect(stranger.send(READ, {})).rejects.toMatchObject({ status: 401, code: 'invalid_token' });
      await Promise.all([client.close(), stranger.close()]);
    });
  });
}

it('calls gRPC as anybody', async () => {
  const auth = await provideAuthTesting();
  const options = {
    package: 'stock',
    protoPath: fileURLToPath(new URL('support/stock.proto', import.meta.url)),
    url: `127.0.0.1:${await freePort()}`,
  };
  await startWith(auth, OWN, { transport: Transport.GRPC, options });
  const client = await auth.grpcClient(options, { subject: 'ada' });
  expect(await client.call('Stock', 'Read', {})).toMatchObject({ subject: 'ada' });
  const stranger = await auth.grpcClient(options, auth.token({}, { lifetime: -60 }));
  await expect(stranger.call('Stock', 'Read', {})).rejects.toMatchObject({ status: 401, code: 'invalid_token' });
  client.close();
  stranger.close();
});
