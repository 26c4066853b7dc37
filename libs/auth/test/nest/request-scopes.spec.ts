import { Controller, Get, Inject, Injectable, Module, Optional, forwardRef, type ModuleMetadata } from '@nestjs/common';
import { ModuleRef, NestFactory } from '@nestjs/core';
import { MessagePattern, ServerTCP } from '@nestjs/microservices';
import { AuthModule, CallerContext } from '@watchword/auth';
import { AuthClientsModule } from '@watchword/auth/clients';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { freePort } from './support/free-port.js';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp } from './support/running-app.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

/** Asks for the context late, which nobody could foresee. */
@Controller()
class LateController {
  constructor(private readonly modules: ModuleRef) {}

  @Get()
  whoami(): string | undefined {
    return this.modules.get(CallerContext, { strict: false }).current()?.verified.subject;
  }
}

@Injectable()
class ByConstructor {
  constructor(readonly callers: CallerContext) {}
}
@Injectable()
class ByToken {
  constructor(@Optional() @Inject(forwardRef(() => CallerContext)) readonly callers: CallerContext) {}
}
@Injectable()
class ByProperty {
  @Inject(CallerContext)
  readonly callers!: CallerContext;
}
class Heir extends ByConstructor {}
const byFactory = { provide: 'factory', inject: [{ token: CallerContext, optional: true }], useFactory: () => 1 };

async function answer(metadata: ModuleMetadata): Promise<{ status: number; text: string }> {
  @Module({
    ...metadata,
    imports: [AuthModule.forRoot(issuer.trusted('things')), ...(metadata.imports ?? [])],
    controllers: [LateController],
  })
  class AppModule {}
  const running = await runApp(AppModule);
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'things' }));
  const response = await fetch(running.url, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  await running.close();
  return { status: response.status, text };
}

it.each([
  ['a constructor parameter', { providers: [ByConstructor] }],
  ['a token', { providers: [ByToken] }],
  ['a property', { providers: [ByProperty] }],
  ['an inherited constructor', { providers: [Heir] }],
  ['a factory', { providers: [byFactory] }],
  ['a client', { imports: [AuthClientsModule.register({})] }],
])('requests run in scopes where the caller context is injected by %s', async (_, metadata) => {
  expect(await answer(metadata)).toEqual({ status: 200, text: 'ada' });
});

it("leaves the server's hooks to others: it composes with those that were there, and with those that come later", async () => {
  @Controller()
  class Messages {
    constructor(private readonly callers: CallerContext) {}

    @MessagePattern('whoami')
    whoami(): string | undefined {
      return this.callers.current()?.verified.subject;
    }
  }
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('things'))], controllers: [Messages] })
  class AppModule {}
  const seen: string[] = [];
  const hook = (name: string) => (_transport: unknown, _context: unknown, done: () => Promise<unknown>) => {
    seen.push(name);
    void done();
  };
  const endHook = (name: string) => () => void seen.push(`end ${name}`);
  const port = await freePort();
  const strategy = new ServerTCP({ host: '127.0.0.1', port });
  strategy.setOnProcessingStartHook(hook('before'));
  strategy.setOnProcessingEndHook(endHook('before'));
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const peer = await RawTcpPeer.open(port);
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'things' }));
  const ask = async (id: string): Promise<unknown> =>
    (await peer.request(id, `"pattern":"whoami","data":{},"metadata":{"authorization":"Bearer ${token}"}`)).response;
  expect(await ask('1')).toBe('ada');
  strategy.setOnProcessingStartHook(hook('later'));
  strategy.setOnProcessingEndHook(endHook('later'));
  expect(await ask('2')).toBe('ada');
  expect(seen).toEqual(['before', 'end before', 'later', 'end later']);
  peer.close();
  await app.close();
});

it('fails, and never shows nobody, where nothing had it injected at boot', async () => {
  expect(await answer({})).toMatchObject({ status: 500 });
  expect(() => new CallerContext(false).current()).toThrow(/Take it as a constructor parameter/);
});
