import { Controller, Get, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MessagePattern, ServerTCP, Transport } from '@nestjs/microservices';
import { AccessTokenGuard, AuthModule, Public, Roles } from '@watchword/auth';
import { createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { freePort } from './support/free-port.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

@Controller()
class StockController {
  @MessagePattern('stock.read')
  read(): string {
    return 'read';
  }
}

@Controller({ scope: Scope.REQUEST })
class RequestScopedController {
  @MessagePattern({ cmd: 'scoped' })
  read(): string {
    return 'read';
  }
}

function moduleWith(...controllers: Type[]): Type {
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('inventory'))], controllers })
  class AppModule {}
  return AppModule;
}

const tcp = async () => ({ transport: Transport.TCP as const, options: { host: '127.0.0.1', port: await freePort() } });
const QUIET = { logger: false as const, abortOnError: false };

describe('a hybrid application', () => {
  it('does not start without inheritAppConfig, names the handlers and the fix, and opens no port', async () => {
    const app = await NestFactory.create(moduleWith(StockController, RequestScopedController), QUIET);
    const options = await tcp();
    app.connectMicroservice(options);
    const starting = app.startAllMicroservices();
    await expect(starting).rejects.toThrow(/stock\.read, \{"cmd":"scoped"\}.*inheritAppConfig: true/);
    await expect(connectTo(options.options.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await app.close();
  });

  it('does not start without it either when the microservice is connected after init', async () => {
    const app = await NestFactory.create(moduleWith(StockController), QUIET);
    await app.init();
    app.connectMicroservice(await tcp());
    await expect(app.startAllMicroservices()).rejects.toThrow(/inheritAppConfig/);
    await app.close();
  });

  it('does not start without it when initialisation is deferred', async () => {
    const app = await NestFactory.create(moduleWith(StockController), QUIET);
    await app.init();
    app.connectMicroservice(await tcp(), { deferInitialization: true });
    await expect(app.startAllMicroservices()).rejects.toThrow(/inheritAppConfig/);
    await app.close();
  });

  it('does not start when one of two microservices inherits and the other does not', async () => {
    const app = await NestFactory.create(moduleWith(StockController), QUIET);
    app.connectMicroservice(await tcp(), { inheritAppConfig: true });
    app.connectMicroservice(await tcp());
    await expect(app.startAllMicroservices()).rejects.toThrow(/inheritAppConfig/);
    await app.close();
  });

  it('does not take a message that another microservice answers meanwhile for the guard of this one', async () => {
    const app = await NestFactory.create(moduleWith(StockController, RequestScopedController), QUIET);
    const { options } = await tcp();
    app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    const late = app.connectMicroservice(await tcp(), { deferInitialization: true });
    const { RawTcpPeer } = await import('./support/raw-tcp.js');
    const peer = await RawTcpPeer.open(options.port);
    expect((await peer.request('1', '"pattern":{"cmd":"scoped"},"data":{}')).err).toMatchObject({ status: 401 });
    await expect(late.listen()).rejects.toThrow(/stock\.read, \{"cmd":"scoped"\}.*inheritAppConfig/);
    peer.close();
    await app.close();
  });

  it.each([{ inheritAppConfig: true }, { inheritAppConfig: true, deferInitialization: true }])(
    'starts with %j, request-scoped controllers among them',
    async (hybrid) => {
      const app = await NestFactory.create(moduleWith(StockController, RequestScopedController), QUIET);
      app.connectMicroservice(await tcp(), hybrid);
      await expect(app.startAllMicroservices()).resolves.toBe(app);
      await app.init();
      await app.close();
    },
  );
});

describe('a handler that was added to the server by hand', () => {
  const byHand = (): string => 'open to all';
  type Server = {
    addHandler(pattern: string, handler: () => string): void;
    messageHandlers: Map<string, () => string>;
  };

  it.each([
    ['by addHandler', (server: Server) => server.addHandler('by.hand', byHand)],
    ['as one more of a known pattern', (server: Server) => server.addHandler('stock.read', byHand)],
    ['into its map', (server: Server) => server.messageHandlers.set('by.hand', byHand)],
  ])('%s keeps it from listening, and is named', async (_, add) => {
    const app = await NestFactory.create(moduleWith(StockController, RequestScopedController), QUIET);
    const { options } = await tcp();
    const strategy = new ServerTCP(options);
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    add(strategy as unknown as Server);
    await expect(app.startAllMicroservices()).rejects.toThrow(/(by\.hand|stock\.read)\. .*addHandler\(\)/);
    await expect(connectTo(options.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await app.close();
  });

  it('before it was connected keeps it from listening as well', async () => {
    const app = await NestFactory.create(moduleWith(StockController), QUIET);
    const { options } = await tcp();
    const strategy = new ServerTCP(options);
    (strategy as unknown as Server).addHandler('by.hand', byHand);
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await expect(app.startAllMicroservices()).rejects.toThrow(/by\.hand/);
    await app.close();
  });

  it('is refused while it listens', async () => {
    const app = await NestFactory.create(moduleWith(StockController), QUIET);
    const { options } = await tcp();
    const strategy = new ServerTCP(options);
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    const server = strategy as unknown as Server;
    expect(() => server.addHandler('by.hand', byHand)).toThrow(/by\.hand/);
    expect(server.messageHandlers.has('by.hand')).toBe(false);
    await app.close();
  });
});

it('lets a pure microservice start', async () => {
  const app = await NestFactory.createMicroservice(moduleWith(StockController), { ...QUIET, ...(await tcp()) });
  await expect(app.listen()).resolves.not.toThrow();
  await app.close();
});

it('does not start with a guard that is made anew for each request, of which nothing can be seen at boot', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class RequestScopedGuard extends AccessTokenGuard {}
  @Module({
    imports: [AuthModule.forRoot({ ...issuer.trusted('inventory'), guard: RequestScopedGuard })],
    controllers: [StockController],
  })
  class AppModule {}
  await expect(NestFactory.create(AppModule, QUIET)).rejects.toThrow(/depends on a request-scoped provider/);
});

it('does not start with two of them, and names the fix', async () => {
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('other'))] })
  class Feature {}
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('inventory')), Feature] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, QUIET);
  await expect(app.init()).rejects.toThrow(/imported twice.*issuers/);
});

it('starts with a guard that a test put in its place', async () => {
  const testing = await Test.createTestingModule({ imports: [moduleWith(StockController)] })
    .overrideProvider(AccessTokenGuard)
    .useValue({ canActivate: () => true })
    .compile();
  const app = testing.createNestApplication(QUIET);
  await expect(app.init()).resolves.toBe(app);
  await app.close();
});

it('starts when one is named by several modules', async () => {
  const auth = AuthModule.forRoot(issuer.trusted('inventory'));
  @Module({ imports: [auth] })
  class Feature {}
  @Module({ imports: [auth, Feature] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, QUIET);
  await expect(app.init()).resolves.toBe(app);
  await app.close();
});

it('does not start with decorators that contradict each other', async () => {
  @Controller()
  class Contradiction {
    @Get()
    @Public()
    @Roles('admin')
    both(): void {}
  }
  const app = await NestFactory.create(moduleWith(Contradiction), QUIET);
  await expect(app.init()).rejects.toThrow(/Contradiction\.both is @Public\(\) and also restricted/);
});

async function connectTo(port: number): Promise<void> {
  const { RawTcpPeer } = await import('./support/raw-tcp.js');
  (await RawTcpPeer.open(port)).close();
}
