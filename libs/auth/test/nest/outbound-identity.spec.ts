import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import type { LoggerService } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import {
  AuthClientsModule,
  AuthHttpClient,
  AuthModule,
  AuthTcpClient,
  CallerContext,
  CurrentUser,
  InjectHttpClient,
  InjectTcpClient,
  OutboundTokens,
  ServiceTokens,
  TokenEndpoint,
} from '@watchword/auth';
import type { VerifiedToken } from '@watchword/auth';
import { asUser, createTestIssuer } from '@watchword/auth/testing';
import type { TestIssuer } from '@watchword/auth/testing';
import { serveTokens } from '../propagation/token-server.js';
import type { TokenServer } from '../propagation/token-server.js';
import { runApp } from './support/running-app.js';
import type { RunningApp } from './support/running-app.js';

const who = ({ subject, audience, actor }: VerifiedToken): object => ({ subject, audience, actor: actor?.subject });

@Controller()
class StockController {
  @Get()
  @MessagePattern('whoami')
  whoami(@CurrentUser() user: VerifiedToken): object {
    return who(user);
  }
}

@Injectable()
class Jobs {
  constructor(
    @InjectTcpClient('inventory') readonly tcp: AuthTcpClient,
    @InjectHttpClient('inventory') readonly http: AuthHttpClient,
  ) {}
}

@Controller()
class OrdersController {
  constructor(private readonly jobs: Jobs) {}

  @Get()
  async both(): Promise<object> {
    return { tcp: await this.jobs.tcp.send('whoami', {}), http: await this.jobs.http.json('/') };
  }
}

const errors: unknown[] = [];
const ignore = (): void => undefined;
const logger: LoggerService = { log: ignore, warn: ignore, error: (line) => errors.push(line) };

let issuer: TestIssuer;
let tokens: TokenServer;
let inventory: RunningApp;
let orders: RunningApp;

beforeAll(async () => {
  issuer = await createTestIssuer();
  tokens = await serveTokens();
  tokens.answer = async ({ form }) => {
    const subject = form.subject_token === undefined ? 'orders' : subjectOf(form.subject_token);
    const act = form.subject_token === undefined ? {} : { act: { sub: 'orders' } };
    const token = await issuer.mint({ ...asUser({ subject, audience: form.audience ?? '' }), ...act });
    return { body: { access_token: token, token_type: 'Bearer', expires_in: 300 } };
  };
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('inventory'))], controllers: [StockController] })
  class InventoryModule {}
  inventory = await runApp(InventoryModule);
  @Module({
    imports: [
      AuthModule.forRoot(issuer.trusted('orders')),
      AuthClientsModule.registerAsync({
        http: ['inventory'],
        tcp: ['inventory'],
        useFactory: () => ({
          http: [{ name: 'inventory', baseUrl: inventory.url, audience: 'inventory' }],
          tcp: [{ name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory' }],
          serviceCredentials: { clientId: 'orders', clientSecret: 'secret', tokenEndpoint: tokens.url },
        }),
      }),
    ],
    controllers: [OrdersController],
    providers: [Jobs],
  })
  class OrdersModule {}
  orders = await runApp(OrdersModule, logger);
});
afterAll(async () => {
  await orders.close();
  await inventory.close();
  await tokens.close();
});
beforeEach(() => tokens.requests.splice(0));

function subjectOf(token: string): string {
  return (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string }).sub;
}

async function get(token: string): Promise<unknown> {
  return (await fetch(orders.url, { headers: { authorization: `Bearer ${token}` } })).json();
}

it('exchanges a token that is not for the target, once for both transports, and acts for its subject', async () => {
  const token = await issuer.mint(asUser({ subject: 'ada', audience: 'orders' }));
  const ada = { subject: 'ada', audience: ['inventory'], actor: 'orders' };
  expect(await get(token)).toEqual({ tcp: ada, http: ada });
  expect(await get(token)).toEqual({ tcp: ada, http: ada });
  expect(tokens.requests).toHaveLength(1);
});

it.each([
  [400, 'invalid_grant', 401, 'invalid_token'],
  [400, 'invalid_target', 403, 'insufficient_audience'],
  [401, 'invalid_client', 502, 'bad_gateway'],
  [429, 'temporarily_unavailable', 503, 'service_unavailable'],
  [500, 'server_error', 503, 'service_unavailable'],
])('answers the caller, when the token endpoint says %i %s, with %i %s', async (status, error, answered, code) => {
  const { answer } = tokens;
  tokens.answer = () => ({ status, body: { error } });
  const token = await issuer.mint(asUser({ subject: 'ada', audience: 'orders' }));
  expect(await get(token)).toMatchObject({ status: answered, code });
  const line = errors.splice(0).at(-1);
  if (answered === 401) expect(line).toBeUndefined();
  else expect(line).toMatch(/inventory.*: .*token endpoint|inventory.*: No token from the issuer/);
  tokens.answer = answer;
  expect(await get(token)).toMatchObject({ tcp: { subject: 'ada' } });
});

it('passes a token on as it is that is for the target', async () => {
  const token = await issuer.mint(asUser({ subject: 'bob', audience: ['orders', 'inventory'] }));
  const bob = { subject: 'bob', audience: ['orders', 'inventory'] };
  expect(await get(token)).toEqual({ tcp: bob, http: bob });
  expect(tokens.requests).toEqual([]);
});

it('calls as this service outside of any request, with one token', async () => {
  const jobs = orders.app.get(Jobs);
  const service = { subject: 'orders', audience: ['inventory'] };
  expect(await jobs.tcp.send('whoami', {}, { credentials: 'service' })).toEqual(service);
  expect(await jobs.http.json('/', { credentials: 'service' })).toEqual(service);
  expect(tokens.requests).toHaveLength(1);
});

function ownTokens(): OutboundTokens {
  const endpoint = new TokenEndpoint({ clientId: 'orders', clientSecret: 'secret', tokenEndpoint: tokens.url });
  return new OutboundTokens({ callers: new CallerContext(), service: new ServiceTokens(endpoint) });
}

it('gets a new token of its own after one was refused, and does not blame the caller', async () => {
  const refused = createServer((_, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => refused.listen(0, '127.0.0.1', resolve));
  const client = new AuthHttpClient(
    {
      name: 'inventory',
      baseUrl: `http://127.0.0.1:${(refused.address() as AddressInfo).port}`,
      audience: 'inventory',
    },
    ownTokens(),
  );
  for (const times of [1, 2]) {
    // oxlint-disable-next-line no-await-in-loop
    await expect(client.json('/', { credentials: 'service' })).rejects.toMatchObject({ status: 502 });
    expect(tokens.requests).toHaveLength(times);
  }
  refused.close();
  refused.closeAllConnections();
});

it('gets a new token of its own after a TCP service refused one, too', async () => {
  const { answer } = tokens;
  tokens.answer = async () => {
    const token = await issuer.mint(asUser({ subject: 'orders', audience: 'elsewhere' }));
    return { body: { access_token: token, token_type: 'Bearer', expires_in: 300 } };
  };
  const client = new AuthTcpClient(
    { name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory', credentials: 'service' },
    ownTokens(),
  );
  await expect(client.send('whoami', {})).rejects.toMatchObject({ status: 502 });
  tokens.answer = answer;
  expect(await client.send('whoami', {})).toMatchObject({ subject: 'orders' });
  client.onApplicationShutdown();
});

it('asks nobody for a token in the name of nobody', async () => {
  const jobs = orders.app.get(Jobs);
  await expect(jobs.tcp.send('whoami', {})).rejects.toMatchObject({ code: 'caller_missing' });
  await expect(jobs.tcp.send('whoami', {}, { credentials: 'none' })).rejects.toMatchObject({ status: 502 });
  expect(tokens.requests).toEqual([]);
});

it('does not start with a client that the factory forgot', async () => {
  @Module({
    imports: [
      AuthModule.forRoot(issuer.trusted('orders')),
      AuthClientsModule.registerAsync({ tcp: ['inventory'], useFactory: () => ({ tcp: [] }) }),
    ],
  })
  class ForgetfulModule {}
  await expect(runApp(ForgetfulModule)).rejects.toThrow(/the tcp client inventory was announced.*name: 'inventory'/);
});
