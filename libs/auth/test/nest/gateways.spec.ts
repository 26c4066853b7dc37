import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { Logger, Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AuthModule, CallerContext, CurrentUser, Public, Roles, Scopes, type VerifiedToken } from '@watchword/auth';
import { DownstreamError } from '@watchword/auth/clients';
import {
  ManualClock,
  createTestIssuer,
  refusedTokens,
  userClaims,
  type TestIssuer,
  type TestUser,
} from '@watchword/auth/testing';
import { AuthWsModule, userOfSocket } from '@watchword/auth/ws';
import { io } from 'socket.io-client';
import { ToldList } from '../support/told-list.js';
import { freePort } from './support/free-port.js';
import {
  connectIo,
  connectWs,
  type Connect,
  type ConnectOptions,
  type GatewayClient,
} from './support/gateway-client.js';

const clock = new ManualClock(Date.now());
const revocations = new ToldList();
let issuer: TestIssuer;
let partner: TestIssuer;
beforeAll(async () => {
  issuer = await createTestIssuer({ clock });
  partner = await createTestIssuer({ clock, issuer: 'https://partner.test' });
});

const mint = (user: TestUser = {}, lifetime = 300) =>
  issuer.mint(userClaims({ audience: 'people', ...user }), { lifetime });

function start(providers: Type[], ws: Type | DynamicModule | undefined = AuthWsModule) {
  @Module({
    imports: [
      AuthModule.forRoot({ issuers: [issuer.trusted('people'), partner.trusted('people')], clock, revocations }),
      ...(ws === undefined ? [] : [ws]),
    ],
    providers,
  })
  class AppModule {}
  return NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

async function refusalOf(providers: Type[], ...imports: [] | [undefined]): Promise<unknown> {
  const app = await (imports.length === 0 ? start(providers) : startWithout(providers));
  app.useWebSocketAdapter(new WsAdapter(app));
  return app.init().then(
    () => app.close(),
    (error: unknown) => error,
  );
}

function startWithout(providers: Type[]) {
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('people'))], providers })
  class AppModule {}
  return NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

describe('an application with gateways', () => {
  it('does not start without AuthWsModule, nor with a cookie that every site may send', async () => {
    @WebSocketGateway()
    class Gateway {
      @SubscribeMessage('read')
      read(): void {}
    }
    expect(await refusalOf([Gateway], undefined)).toMatchObject({
      message: expect.stringMatching(/^Gateway .*Import AuthWsModule from '@watchword\/auth\/ws'/) as unknown,
    });
    expect(() => AuthWsModule.forRoot({ cookie: 'session' })).toThrow(/`cookie` needs `origins`/);
  });

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

/** Messages that say who sent them. */
@WebSocketGateway()
class ChatGateway {
  static readonly ran: string[] = [];
  static readonly connected: unknown[] = [];

  constructor(private readonly callers: CallerContext) {}

  handleConnection(client: object): void {
    ChatGateway.connected.push(userOfSocket(client)?.subject);
  }

  @SubscribeMessage('me')
  async me(@CurrentUser() user: VerifiedToken, @MessageBody() data: unknown): Promise<object> {
    await Promise.resolve();
    const inContext = this.callers.current()?.verified.subject;
    return { event: 'me', data: { subject: user.subject, inContext, data } };
  }

  @SubscribeMessage('clerks')
  @Roles('clerk')
  @Scopes('chat:write')
  clerks(): object {
    ChatGateway.ran.push('clerks');
    return { event: 'clerks', data: 'done' };
  }

  @SubscribeMessage('public')
  @Public()
  open(): object {
    return { event: 'public', data: this.callers.current()?.verified.subject ?? 'nobody' };
  }

  @SubscribeMessage('broken')
  broken(): never {
    throw new DownstreamError({ status: 502, code: 'bad_gateway', message: 'The service inventory failed' });
  }

  @SubscribeMessage('conflict')
  conflict(): never {
    throw new DownstreamError({ status: 409, code: 'insufficient_stock', message: 'There is not enough' });
  }
}

/** For strangers too. */
@WebSocketGateway()
@Public()
class OpenGateway {
  @SubscribeMessage('weather')
  weather(): object {
    return { event: 'weather', data: 'sun' };
  }

  @SubscribeMessage('secret')
  @Scopes('chat:read')
  secret(): object {
    return { event: 'secret', data: 'secret' };
  }
}

const PLATFORMS: [string, (app: INestApplication) => IoAdapter | WsAdapter, Connect][] = [
  ['socket.io', (app) => new IoAdapter(app), connectIo],
  ['ws', (app) => new WsAdapter(app), connectWs],
];

describe.each(PLATFORMS)('a gateway on %s', (platform, adapter, connectTo) => {
  let app: INestApplication;
  let port: number;
  let clients: GatewayClient[] = [];

  async function listen(gateway: Type, module?: DynamicModule): Promise<void> {
    app = await start([gateway], module);
    app.useWebSocketAdapter(adapter(app));
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  }
  afterEach(async () => {
    for (const client of clients) client.close();
    clients = [];
    ChatGateway.ran.length = 0;
    ChatGateway.connected.length = 0;
    await app.close();
  });

  async function connect(options: ConnectOptions = {}): Promise<GatewayClient> {
    const client = await connectTo(port, options);
    clients.push(client);
    return client;
  }
  const bearer = (token: string): ConnectOptions => ({ headers: { authorization: `Bearer ${token}` } });
  const as = async (user: TestUser, on?: ConnectOptions['on']) =>
    connect({ ...bearer(await mint(user)), ...(on && { on }) });
  const refused = (status: number, code: string) => expect.objectContaining({ status, code }) as unknown;

  it('takes the token of the handshake, and knows its user in each message', async () => {
    await listen(ChatGateway);
    const client = await as({ subject: 'ada' });
    client.send('me', 'hello');
    expect(await client.next('me')).toEqual({ subject: 'ada', inContext: 'ada', data: 'hello' });
    client.send('public');
    expect(await client.next('public')).toBe('nobody');
    expect(ChatGateway.connected).toEqual(['ada']);
  });

  it('takes it from where browsers can put it', async () => {
    await listen(ChatGateway);
    const token = await mint({ subject: 'ada' });
    const options = platform === 'ws' ? { protocols: ['watchword.bearer', token] } : { auth: { token } };
    const client = await connect(options);
    client.send('me', 1);
    expect(await client.next('me')).toMatchObject({ subject: 'ada' });
  });

  it('takes it from a cookie, and only with an origin that is allowed', async () => {
    await listen(ChatGateway, AuthWsModule.forRoot({ cookie: 'session', origins: ['https://app.example'] }));
    const cookie = `theme=dark; session=${await mint({ subject: 'ada' })}`;
    const client = await connect({ headers: { cookie, origin: 'https://app.example' } });
    client.send('me', 1);
    expect(await client.next('me')).toMatchObject({ subject: 'ada' });
    for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null', undefined]) {
      const headers = { cookie, ...(origin !== undefined && { origin }) };
      await expect(connect({ headers })).rejects.toEqual(refused(400, 'invalid_request'));
    }
    // A page of another site may connect with a token that it has itself.
    const token = await mint({ subject: 'bob' });
    const other = await connect({ headers: { origin: 'https://other.example', authorization: `Bearer ${token}` } });
    other.send('me', 1);
    expect(await other.next('me')).toMatchObject({ subject: 'bob' });
  });

  it('refuses a handshake without a token, with two, and with every kind of bad token', async () => {
    await listen(ChatGateway);
    await expect(connect()).rejects.toEqual(refused(401, 'authentication_required'));
    const token = await mint();
    const other = platform === 'ws' ? { protocols: ['watchword.bearer', token] } : { auth: { token } };
    await expect(connect({ ...bearer(token), ...other })).rejects.toEqual(refused(400, 'invalid_request'));
    for (const { why, token: bad } of await refusedTokens(issuer, userClaims({ audience: 'people' }))) {
      const error: unknown = await connect(bearer(bad)).catch((refusal: unknown) => refusal);
      expect([why, error]).toEqual([why, refused(401, 'invalid_token')]);
    }
    expect(ChatGateway.connected).toEqual([]);
  });

  it('checks what each message needs, and tells the client of a refusal and of a failed call', async () => {
    await listen(ChatGateway);
    const client = await as({ roles: ['clerk'] });
    client.send('clerks');
    expect(await client.next('exception')).toEqual(refused(403, 'insufficient_scope'));
    client.send('conflict');
    expect(await client.next('exception')).toEqual(refused(409, 'insufficient_stock'));
    expect(ChatGateway.ran).toEqual([]);
    const clerk = await as({ roles: ['clerk'], scopes: ['chat:write'] });
    clerk.send('clerks');
    expect(await clerk.next('clerks')).toBe('done');
  });

  it('logs a call that failed in a gateway, as everywhere', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    try {
      await listen(ChatGateway);
      const client = await as({});
      client.send('broken');
      expect(await client.next('exception')).toEqual(refused(502, 'bad_gateway'));
      expect(error).toHaveBeenCalledWith(expect.stringContaining('The service inventory failed'));
    } finally {
      error.mockRestore();
    }
  });

  it('lets strangers connect to a public gateway alone, and refuses their messages to what is not public', async () => {
    await listen(OpenGateway);
    const stranger = await connect();
    stranger.send('weather');
    expect(await stranger.next('weather')).toBe('sun');
    stranger.send('secret');
    expect(await stranger.next('exception')).toEqual(refused(401, 'authentication_required'));
    await expect(connect(bearer('garbage'))).rejects.toEqual(refused(401, 'invalid_token'));
    stranger.send('watchword:renew', { token: await mint() });
    expect(await stranger.next('exception')).toEqual(refused(401, 'invalid_token'));
    const reader = await as({ scopes: ['chat:read'] });
    reader.send('secret');
    expect(await reader.next('secret')).toBe('secret');
  });

  it.each([
    ['expires', (): void => clock.advance(306)],
    ['is revoked', (sessionId: string): void => revocations.revoke(sessionId)],
  ])('tells the client and closes when the token %s, and takes no message in between', async (_, end) => {
    await listen(ChatGateway);
    const sessionId = randomUUID();
    const user = { roles: ['clerk'], scopes: ['chat:write'], sessionId };
    const client = await as(user, (event, self) => {
      if (event === 'watchword:ended') self.send('clerks');
    });
    const other = await connect(bearer(await mint({ subject: 'bob' }, 3600)));
    client.send('clerks');
    await client.next('clerks');
    end(sessionId);
    expect(await client.next('watchword:ended')).toEqual(refused(401, 'invalid_token'));
    expect(await client.closed).toBe(platform === 'ws' ? 4401 : 'io server disconnect');
    other.send('me', 1);
    expect(await other.next('me')).toMatchObject({ subject: 'bob' });
    expect(ChatGateway.ran).toEqual(['clerks']);
  });

  it('goes on after a renewal, with the rights of the new token', async () => {
    await listen(ChatGateway);
    const client = await as({ subject: 'ada' });
    clock.advance(200);
    client.send('clerks');
    expect(await client.next('exception')).toEqual(refused(403, 'insufficient_scope'));
    client.send('watchword:renew', { token: await mint({ subject: 'ada', roles: ['clerk'], scopes: ['chat:write'] }) });
    expect(await client.next('watchword:renewed')).toEqual({ expiresAt: Math.floor(clock.now() / 1000) + 300 });
    clock.advance(200);
    client.send('clerks');
    expect(await client.next('clerks')).toBe('done');
    expect(client.isClosed()).toBe(false);
    clock.advance(106);
    expect(await client.next('watchword:ended')).toEqual(refused(401, 'invalid_token'));
    await client.closed;
  });

  it('is renewed by its own user alone, and goes on with the old token otherwise', async () => {
    await listen(ChatGateway);
    const sessionId = randomUUID();
    const client = await as({ subject: 'ada', sessionId });
    const tokens = [
      await mint({ subject: 'bob' }),
      // Somebody else, who has the same name at another trusted issuer.
      await partner.mint(userClaims({ subject: 'ada', audience: 'people' })),
      await mint({ subject: 'ada' }, -60),
      'garbage',
      undefined,
      { token: 'garbage' },
    ];
    for (const token of tokens) {
      client.send('watchword:renew', { token });
      const { status } = (await client.next('exception')) as { status: number };
      expect([400, 401]).toContain(status);
    }
    client.send('me', 1);
    expect(await client.next('me')).toMatchObject({ subject: 'ada' });
    revocations.revoke(sessionId);
    await client.next('watchword:ended');
    await client.closed;
  });

  it('does not mix up hundreds of messages of many connections', async () => {
    await listen(ChatGateway);
    const subjects = Array.from({ length: 20 }, (_, index) => `user-${index}`);
    const heard = await Promise.all(
      subjects.map(async (subject) => {
        const client = await as({ subject });
        for (let count = 0; count < 50; count += 1) client.send('me', subject);
        return Promise.all(Array.from({ length: 50 }, () => client.next('me')));
      }),
    );
    expect(heard.flat()).toEqual(
      subjects.flatMap((subject) => Array.from({ length: 50 }, () => ({ subject, inContext: subject, data: subject }))),
    );
  });
});

it('answers a refused upgrade with the challenge of RFC 6750', async () => {
  const app = await start([ChatGateway]);
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  await expect(connectWs(port, { headers: { authorization: 'Bearer x' } })).rejects.toMatchObject({
    challenge: expect.stringContaining('error="invalid_token"') as unknown,
  });
  await app.close();
});

it('guards each namespace of socket.io by itself', async () => {
  @WebSocketGateway({ namespace: 'news' })
  @Public()
  class NewsGateway {
    @SubscribeMessage('news')
    news(): object {
      return { event: 'news', data: 'none' };
    }
  }
  @WebSocketGateway({ namespace: 'staff' })
  class StaffGateway {
    @SubscribeMessage('me')
    me(@CurrentUser() { subject }: VerifiedToken): object {
      return { event: 'me', data: subject };
    }
  }
  const app = await start([NewsGateway, StaffGateway]);
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const open = await connectIo(port, { namespace: '/news' });
  open.send('news');
  expect(await open.next('news')).toBe('none');
  for (const namespace of ['/staff', '/']) {
    await expect(connectIo(port, { namespace })).rejects.toMatchObject({ code: 'authentication_required' });
  }
  const staff = await connectIo(port, { namespace: '/staff', auth: { token: await mint({ subject: 'ada' }) } });
  staff.send('me');
  expect(await staff.next('me')).toBe('ada');
  open.close();
  staff.close();
  await app.close();
});

it("keeps the application's own check of a handshake, and its subprotocol", async () => {
  @WebSocketGateway({
    verifyClient: ({ req }: { req: { url: string } }) => !req.url.includes('blocked'),
    handleProtocols: (offered: Set<string>) => (offered.has('chat.v2') ? 'chat.v2' : false),
  } as object)
  class Gateway {
    @SubscribeMessage('me')
    me(@CurrentUser() { subject }: VerifiedToken): object {
      return { event: 'me', data: subject };
    }
  }
  const app = await start([Gateway]);
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const protocols = ['watchword.bearer', await mint({ subject: 'ada' }), 'chat.v1', 'chat.v2'];
  const client = await connectWs(port, { protocols });
  expect(client.protocol).toBe('chat.v2');
  await expect(connectWs(port, { protocols, query: '?blocked' })).rejects.toMatchObject({ status: 401 });
  client.close();
  await app.close();
});

it('closes a connection of socket.io that is recovered without its handshake', async () => {
  @WebSocketGateway({ connectionStateRecovery: {} } as object)
  class Gateway {
    @SubscribeMessage('me')
    me(@CurrentUser() { subject }: VerifiedToken): object {
      return { event: 'me', data: subject };
    }
  }
  const app = await start([Gateway]);
  app.useWebSocketAdapter(new IoAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const token = await mint();
  const socket = io(`http://127.0.0.1:${port}`, { auth: { token }, transports: ['websocket'], reconnectionDelay: 1 });
  const states: string[] = [];
  socket.on('connect', () => {
    states.push(socket.recovered ? 'recovered' : 'connected');
    // An answer gives the client an offset, from which it asks to go on.
    if (!socket.recovered) socket.emit('me');
  });
  socket.on('me', () => void socket.io.engine.close());
  await new Promise<void>((resolve) => {
    socket.on('disconnect', (reason) => {
      states.push(reason);
      if (reason === 'io server disconnect') resolve();
    });
  });
  expect(states).toEqual(['connected', 'forced close', 'recovered', 'io server disconnect']);
  socket.disconnect();
  await app.close();
});
