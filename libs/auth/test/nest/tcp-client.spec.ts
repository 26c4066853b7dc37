import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Get, Injectable, Module, Param, Query } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException, TcpContext } from '@nestjs/microservices';
import { AuthModule, CallerContext, CurrentUser, Roles, type VerifiedToken } from '@watchword/auth';
import { AuthClientsModule, DownstreamError, InjectTcpClient, OutboundTokens } from '@watchword/auth/clients';
import { AuthTcpClient } from '@watchword/auth/microservices';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { freePort } from './support/free-port.js';
import { runApp, type RunningApp } from './support/running-app.js';

const adjusted: string[] = [];

@Controller()
class StockController {
  @MessagePattern('stock.read')
  async read(@Payload() data: { user: string }, @CurrentUser() user: VerifiedToken): Promise<object> {
    await nextTurn();
    return { asked: data.user, answered: user.subject };
  }

  @MessagePattern('stock.metadata')
  metadata(@Ctx() context: TcpContext): object {
    return { ...(context.getMetadata() as object), authorization: 'kept' };
  }

  @MessagePattern('stock.count')
  @Roles('admin')
  count(): number {
    return 1;
  }

  @MessagePattern('stock.refuse')
  refuse(@Payload() payload: object): never {
    throw new RpcException(payload);
  }

  @MessagePattern('stock.break')
  break(): never {
    throw new Error('secret detail');
  }

  @MessagePattern('stock.hang')
  hang(): Promise<never> {
    return new Promise<never>(() => undefined);
  }

  @EventPattern('stock.adjust')
  adjust(@CurrentUser() user: VerifiedToken): void {
    adjusted.push(user.subject);
  }
}

@Injectable()
class Orders {
  constructor(@InjectTcpClient('inventory') readonly inventory: AuthTcpClient) {}
}

@Controller()
class OrdersController {
  constructor(private readonly orders: Orders) {}

  @Get('read/:user')
  async read(@Param('user') user: string): Promise<object> {
    await nextTurn();
    return this.orders.inventory.send('stock.read', { user });
  }

  @Get('call/:pattern')
  async call(@Param('pattern') pattern: string, @Query() payload: Record<string, string>): Promise<unknown> {
    const { status, ...rest } = payload;
    return this.orders.inventory.send(pattern, { ...rest, ...(status !== undefined && { status: Number(status) }) });
  }

  @Get('hang')
  hang(): Promise<unknown> {
    return this.orders.inventory.send('stock.hang', {}, { timeoutMs: 60 });
  }

  @Get('adjust')
  async adjust(): Promise<void> {
    await this.orders.inventory.emit('stock.adjust', {});
  }
}

let issuer: TestIssuer;
let inventory: RunningApp;
let orders: RunningApp;
const headers = { 'x-request-id': 'r-1' };

beforeAll(async () => {
  issuer = await createTestIssuer();
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('inventory'))], controllers: [StockController] })
  class InventoryModule {}
  inventory = await runApp(InventoryModule);
  @Module({
    imports: [
      AuthModule.forRoot(issuer.trusted('orders')),
      AuthClientsModule.register({
        tcp: [
          {
            name: 'inventory',
            host: '127.0.0.1',
            port: inventory.tcpPort,
            audience: 'inventory',
            timeoutMs: 30_000,
            passOn: { 409: ['out_of_stock'] },
          },
        ],
        headers: () => headers,
      }),
    ],
    controllers: [OrdersController],
    providers: [Orders],
  })
  class OrdersModule {}
  orders = await runApp(OrdersModule);
});
afterAll(async () => {
  await orders.close();
  await inventory.close();
});

const mint = (user: Parameters<typeof userClaims>[0]): Promise<string> =>
  issuer.mint(userClaims({ audience: ['orders', 'inventory'], ...user }));

async function get(path: string, token: string): Promise<{ status: number; body: unknown; challenge: string | null }> {
  const response = await fetch(orders.url + path, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: response.status, body, challenge: response.headers.get('www-authenticate') };
}

it('never mixes the tokens of hundreds of callers who share the client', async () => {
  const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
  const tokens = await Promise.all(users.map((subject) => mint({ subject })));
  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const user = users[index % users.length]!;
      return { user, ...(await get(`/read/${user}`, tokens[index % users.length]!)) };
    }),
  );
  for (const { user, body } of answers) expect(body).toEqual({ asked: user, answered: user });
});

it('never mixes them while the connection is still being made either', async () => {
  const callers = new CallerContext();
  const client = new AuthTcpClient(
    { name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory', timeoutMs: 30_000 },
    new OutboundTokens({ callers, issuer: issuer.issuer }),
  );
  const verifier = { issuer: issuer.issuer, audience: ['inventory'] } as unknown as VerifiedToken;
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const user = `early-${index}`;
      const token = await mint({ subject: user });
      return callers.runAs({ token, verified: verifier }, () => client.send('stock.read', { user }));
    }),
  );
  answers.forEach((answer, index) => expect(answer).toEqual({ asked: `early-${index}`, answered: `early-${index}` }));
  await client.onApplicationShutdown();
});

it('sends the headers of the options beside the token', async () => {
  expect((await get('/call/stock.metadata', await mint({}))).body).toEqual({ ...headers, authorization: 'kept' });
});

it('emits an event as the caller', async () => {
  expect(await get('/adjust', await mint({ subject: 'ada' }))).toMatchObject({ status: 200 });
  await get('/read/ada', await mint({ subject: 'ada' }));
  expect(adjusted).toEqual(['ada']);
});

it('answers 403, and sends nothing, for a caller whose token is not for the target', async () => {
  const answer = await get('/read/ada', await mint({ audience: 'orders' }));
  expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_audience' } });
});

it("passes on the service's refusal of the caller with status, code and challenge", async () => {
  expect(await get('/call/stock.count', await mint({}))).toMatchObject({
    status: 403,
    challenge: 'Bearer error="insufficient_scope"',
    body: { status: 403, code: 'insufficient_role' },
  });
});

it.each([
  [400, 'bad_gateway', 502],
  [401, 'invalid_token', 401],
  [403, 'not_the_owner', 403],
  [404, 'bad_gateway', 502],
  [409, 'bad_gateway', 502],
  [409, 'out_of_stock', 409],
  [429, 'service_unavailable', 503],
  [503, 'service_unavailable', 503],
  [504, 'gateway_timeout', 504],
  [500, 'bad_gateway', 502],
  [200, 'bad_gateway', 502],
  [999, 'bad_gateway', 502],
])('answers a refusal with status %i by %s', async (status, code, answered) => {
  const query = new URLSearchParams({ status: String(status), code, message: 'as it is' });
  const answer = await get(`/call/stock.refuse?${query.toString()}`, await mint({}));
  expect(answer).toMatchObject({ status: answered, body: { status: answered, code } });
  const challenges: Record<number, string> = { 401: 'Bearer error="invalid_token"', 403: 'Bearer' };
  expect(answer.challenge).toBe(challenges[answered] ?? null);
  expect(JSON.stringify(answer.body).includes('as it is')).toBe(answered === 409);
});

it('answers 502 without a detail when the service breaks or does not know the pattern', async () => {
  for (const pattern of ['stock.break', 'stock.nothing']) {
    const answer = await get(`/call/${pattern}`, await mint({}));
    expect(answer).toMatchObject({
      status: 502,
      body: { code: 'bad_gateway', detail: 'The service inventory failed' },
    });
  }
});

it('answers 504 when the service takes too long', async () => {
  expect(await get('/hang', await mint({}))).toMatchObject({ status: 504, body: { code: 'gateway_timeout' } });
});

it('sends nothing when the headers of the options hold another token', async () => {
  const callers = new CallerContext();
  const client = new AuthTcpClient(
    { name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory' },
    new OutboundTokens({ callers, issuer: issuer.issuer }),
    () => ({ authorization: 'Bearer x' }),
  );
  await expect(client.send('stock.metadata', {}, { credentials: 'none' })).rejects.toThrow(TypeError);
  await client.onApplicationShutdown();
});

it('calls as nobody where the client is registered so', async () => {
  const callers = new CallerContext();
  const client = new AuthTcpClient(
    { name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory', credentials: 'none' },
    new OutboundTokens({ callers, issuer: issuer.issuer }),
  );
  const caller = {
    token: await mint({}),
    verified: { issuer: issuer.issuer, audience: ['inventory'] } as unknown as VerifiedToken,
  };
  const asked = callers.runAs(caller, () => client.send('stock.read', { user: 'ada' }));
  await expect(asked).rejects.toMatchObject({
    status: 502,
    cause: 'it answered 401 authentication_required Authentication is required',
  });
  await client.onApplicationShutdown();
});

describe('without a service on the other side', () => {
  const callers = new CallerContext();
  const ISSUER = 'https://issuer.test';
  const caller = { token: 'token', verified: { issuer: ISSUER, audience: ['inventory'] } as unknown as VerifiedToken };
  const clientFor = (port: number): AuthTcpClient =>
    new AuthTcpClient(
      { name: 'inventory', host: '127.0.0.1', port, audience: 'inventory' },
      new OutboundTokens({ callers, issuer: ISSUER }),
    );

  it('answers 503 when nobody listens, and works when somebody does', async () => {
    const port = await freePort();
    const client = clientFor(port);
    const send = (): Promise<unknown> => callers.runAs(caller, () => client.send('any', {}));
    await expect(send()).rejects.toMatchObject({ code: 'service_unavailable', status: 503 });
    await expect(send()).rejects.toBeInstanceOf(DownstreamError);
    const echo = await listen(port, (socket) =>
      socket.on('data', (data) => socket.write(answerTo(data, { response: 'answer' }))),
    );
    await expect(send()).resolves.toBe('answer');
    await client.onApplicationShutdown();
    await close(echo);
  });

  it('gives undefined for an answer without a value', async () => {
    const server = await listen(0, (socket) => socket.on('data', (data) => socket.write(answerTo(data, {}))));
    const client = clientFor((server.address() as AddressInfo).port);
    await expect(callers.runAs(caller, () => client.send('any', {}))).resolves.toBeUndefined();
    await client.onApplicationShutdown();
    await close(server);
  });

  it('takes no answer longer than it was told', async () => {
    const server = await listen(0, (socket) =>
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          socket.write(answerTo(data, { response: 'x'.repeat(1_048_576) }));
        }),
    );
    const client = clientFor((server.address() as AddressInfo).port);
    const send = (): Promise<unknown> => callers.runAs(caller, () => client.send('any', {}));
    await expect(send()).rejects.toMatchObject({ code: 'service_unavailable', status: 503 });
    await client.onApplicationShutdown();
    await close(server);
  });

  it('answers 504 when the service goes on sending values that are not the last', async () => {
    const server = await listen(0, (socket) =>
      socket
        .on('error', () => undefined)
        .on('data', (data) => {
          const timer = setInterval(() => socket.write(answerTo(data, { response: 'answer', isDisposed: false })), 10);
          socket.on('close', () => clearInterval(timer));
        }),
    );
    const client = clientFor((server.address() as AddressInfo).port);
    const send = (): Promise<unknown> => callers.runAs(caller, () => client.send('any', {}, { timeoutMs: 60 }));
    await expect(send()).rejects.toMatchObject({ code: 'gateway_timeout', status: 504 });
    await client.onApplicationShutdown();
    await close(server);
  });

  it('answers 502 for an answer that can be read in two ways, and other calls on that connection go on', async () => {
    const server = await listen(0, (socket) => {
      socket.on('data', (data) => {
        for (const [, id] of data.toString().matchAll(/"data":"twice".*?"id":"([^"]+)"/g)) {
          const answer = `{"id":"${id}","response":1,"respons\\u0065":2,"isDisposed":true}`;
          socket.write(`${answer.length}#${answer}`);
        }
        for (const [, id] of data.toString().matchAll(/"data":"once".*?"id":"([^"]+)"/g)) {
          const answer = `{"id":"${id}","response":"a\\u0000","isDisposed":true}`;
          socket.write(`${answer.length}#${answer}`);
        }
      });
    });
    const client = clientFor((server.address() as AddressInfo).port);
    const send = (data: string): Promise<unknown> => callers.runAs(caller, () => client.send('any', data));
    const answers = await Promise.allSettled([send('twice'), send('once'), send('twice'), send('once')]);
    expect(answers).toMatchObject([
      { reason: { status: 502, code: 'bad_gateway' } },
      { value: 'a\0' },
      { reason: { status: 502, code: 'bad_gateway' } },
      { value: 'a\0' },
    ]);
    await client.onApplicationShutdown();
    await close(server);
  });

  it('answers 503 when the connection is lost with the call on its way, and connects again for the next', async () => {
    let connections = 0;
    const server = await listen(0, (socket) => {
      connections += 1;
      const isFirst = connections === 1;
      socket.on('data', (data) => (isFirst ? socket.destroy() : socket.write(answerTo(data, { response: 'answer' }))));
    });
    const client = clientFor((server.address() as AddressInfo).port);
    const send = (): Promise<unknown> => callers.runAs(caller, () => client.send('any', {}));
    await expect(send()).rejects.toMatchObject({ code: 'service_unavailable', status: 503 });
    await expect(send()).resolves.toBe('answer');
    await client.onApplicationShutdown();
    await close(server);
  });
});

function answerTo(data: Buffer, { response, isDisposed = true }: { response?: string; isDisposed?: boolean }): string {
  const packet = JSON.parse(data.toString().replace(/^\d+#/, '')) as { id: string };
  const answer = JSON.stringify({ id: packet.id, response, isDisposed });
  return `${answer.length}#${answer}`;
}

function listen(port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onSocket);
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
