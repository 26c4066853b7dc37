import { Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, Public, Roles, Scopes } from '@watchword/auth';
import { createTestIssuer } from '@watchword/auth/testing';
import type { TestIssuer } from '@watchword/auth/testing';
import { freePort } from './support/free-port.js';

let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer();
});

function start(providers: Type[]) {
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('people'))], providers })
  class AppModule {}
  return NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

async function refusalOf(providers: Type[]): Promise<unknown> {
  const app = await start(providers);
  app.useWebSocketAdapter(new WsAdapter(app));
  return app.init().then(
    () => app.close(),
    (error: unknown) => error,
  );
}

describe('an application with gateways', () => {
  it('does not start with a message that is public and restricted', async () => {
    @WebSocketGateway()
    class Gateway {
      @SubscribeMessage('both')
      @Public()
      @Scopes('people:read')
      both(): void {}
    }
    expect(await refusalOf([Gateway])).toMatchObject({
      message: expect.stringContaining('Gateway.both is @Public()') as unknown,
    });
  });

  it('does not start with a decorated handleConnection, which Nest never guards', async () => {
    @WebSocketGateway()
    class Gateway {
      @Roles('hr')
      handleConnection(): void {}
    }
    expect(await refusalOf([Gateway])).toMatchObject({
      message: expect.stringMatching(/Gateway\.handleConnection has @Public, @Roles or @Scopes/) as unknown,
    });
  });

  it('does not start a microservice that serves them too, where nothing shows that the guard is in its configuration', async () => {
    const wsPort = await freePort();
    @WebSocketGateway(wsPort)
    class Gateway {
      @SubscribeMessage('read')
      @Roles('hr')
      read(): void {}
    }
    const app = await start([Gateway]);
    const options = { host: '127.0.0.1', port: await freePort() };
    const microservice = app.connectMicroservice({ transport: Transport.TCP, options }, { deferInitialization: true });
    microservice.useWebSocketAdapter(new WsAdapter());
    await expect(app.startAllMicroservices()).rejects.toThrow(
      /serves these gateways too.*: Gateway\..*inheritAppConfig: true/,
    );
    // Closes the gateways' port, which Nest opened before it let the server listen. That of the application does not.
    await microservice.close();
    await app.close();
  });

  it('starts with good ones', async () => {
    @WebSocketGateway()
    @Roles('hr')
    class Gateway {
      handleConnection(): void {}
      @SubscribeMessage('read')
      read(): void {}
    }
    expect(await refusalOf([Gateway])).toBeUndefined();
  });
});
