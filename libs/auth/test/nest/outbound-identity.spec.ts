import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Injectable, Module, Res, type DynamicModule, type LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern } from '@nestjs/microservices';
import {
  AuthModule,
  CallerContext,
  CurrentUser,
  TokenVerifier,
  type RevocationCheck,
  type VerifiedToken,
} from '@watchword/auth';
import {
  AuthClientsModule,
  AuthHttpClient,
  InjectHttpClient,
  InjectTcpClient,
  OutboundTokens,
  ServiceTokens,
  TokenEndpoint,
  TokenExchange,
  httpClientToken,
} from '@watchword/auth/clients';
import { AuthTcpClient } from '@watchword/auth/microservices';
import { ManualClock, userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { serveTokens, type TokenServer } from '../propagation/token-server.js';
import { runApp, type RunningApp } from './support/running-app.js';

const who = ({ subject, audience, actor }: VerifiedToken): object => ({ subject, audience, actor: actor?.subject });

/** Issuers of the tokens that inventory let in. */
const seen: string[] = [];

@Controller()
class StockController {
  @Get()
  @MessagePattern('whoami')
  whoami(@CurrentUser() user: VerifiedToken): object {
    seen.push(user.issuer);
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

  @Get('tcp')
  tcp(): Promise<object> {
    return this.jobs.tcp.send('whoami', {});
  }

  @Get('http')
  http(): Promise<object> {
    return this.jobs.http.json('/');
  }

  @Get('leave')
  leave(@Res({ passthrough: true }) response: ServerResponse): object {
    leftBehind = once(response, 'close').then(() => this.jobs.tcp.send('whoami', {}));
    leftBehind.catch(ignore);
    return { left: true };
  }
}

/** A call that a request makes when it has been answered. */
let leftBehind: Promise<unknown> | undefined;

const errors: unknown[] = [];
const ignore = (): void => undefined;
const logger: LoggerService = { log: ignore, warn: ignore, error: (line) => errors.push(line) };

/** Ids of tokens that inventory refuses, whatever they are otherwise; `all` of them. */
const refusedIds = new Set<string>();
const revocations: RevocationCheck = {
  isRevoked: ({ tokenId }) => refusedIds.has('all') || refusedIds.has(tokenId),
};
/** Of the token endpoint's client: what it remembers passes with this clock. */
const clock = new ManualClock(Date.now());
let lastGranted = '';

let issuer: TestIssuer;
let partner: TestIssuer;
let tokens: TokenServer;
let inventory: RunningApp;
let orders: RunningApp;

beforeAll(async () => {
  issuer = await createTestIssuer();
  partner = await createTestIssuer({ issuer: 'https://partner.test' });
  tokens = await serveTokens();
  tokens.answer = async ({ form }) => {
    const subject = form.subject_token === undefined ? 'orders' : subjectOf(form.subject_token);
    const act = form.subject_token === undefined ? {} : { act: { sub: 'orders' } };
    const token = await issuer.mint({ ...userClaims({ subject, audience: form.audience ?? '' }), ...act });
    lastGranted = payloadOf(token).jti;
    return { body: { access_token: token, token_type: 'Bearer', expires_in: 300 } };
  };
  const trusted = (audience: string) => ({ issuers: [issuer.trusted(audience), partner.trusted(audience)] as const });
  @Module({
    imports: [AuthModule.forRoot({ ...trusted('inventory'), revocations, cache: false })],
    controllers: [StockController],
  })
  class InventoryModule {}
  inventory = await runApp(InventoryModule);
  @Module({
    imports: [
      AuthModule.forRoot(trusted('orders')),
      AuthClientsModule.registerAsync({
        http: ['inventory'],
        tcp: ['inventory'],
        useFactory: () => ({
          http: [{ name: 'inventory', baseUrl: inventory.url, audience: 'inventory' }],
          tcp: [{ name: 'inventory', host: '127.0.0.1', port: inventory.tcpPort, audience: 'inventory' }],
          serviceCredentials: { clientId: 'orders', clientSecret: 'secret', tokenEndpoint: tokens.url, clock },
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
beforeEach(() => {
  refusedIds.clear();
  seen.length = 0;
  clock.advance(10);
  tokens.requests.length = 0;
});

const payloadOf = (token: string): { sub: string; jti: string } =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { sub: string; jti: string };
const subjectOf = (token: string): string => payloadOf(token).sub;

async function get(token: string, path = '/'): Promise<unknown> {
  return (await fetch(orders.url + path, { headers: { authorization: `Bearer ${token}` } })).json();
}

it('exchanges a token that is not for the target, once for both transports, and acts for its subject', async () => {
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
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
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
  expect(await get(token)).toMatchObject({ status: answered, code });
  const line = errors.splice(0).at(-1);
  if (answered === 401) expect(line).toBeUndefined();
  else expect(line).toMatch(/inventory.*: .*token endpoint|inventory.*: No token from the issuer/);
  tokens.answer = answer;
  clock.advance(5);
  expect(await get(token)).toMatchObject({ tcp: { subject: 'ada' } });
});

it('passes a token on as it is that is for the target', async () => {
  const token = await issuer.mint(userClaims({ subject: 'bob', audience: ['orders', 'inventory'] }));
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

describe("a partner issuer's token", () => {
  it.each([
    ['for this service alone', ['orders']],
    ['that names the target as well', ['orders', 'inventory']],
  ])('%s is neither carried to the target nor posted to our token endpoint', async (_, audience) => {
    const token = await partner.mint(userClaims({ subject: 'pia', audience }));
    for (const path of ['/tcp', '/http']) {
      expect(await get(token, path)).toMatchObject({ status: 403, code: 'insufficient_audience' });
      expect(errors.splice(0).at(-1)).toMatch(
        /inventory.*The caller's token is from https:\/\/partner.test, and was not sent/,
      );
    }
    expect(tokens.requests).toEqual([]);
    expect(seen).toEqual([]);
    expect(await get(await issuer.mint(userClaims({ audience: ['orders', 'inventory'] })), '/http')).toBeTruthy();
  });

  it('goes where the client is bound to that issuer, and ours does not go there', async () => {
    const callers = new CallerContext();
    const bound = new AuthHttpClient(
      { name: 'inventory', baseUrl: inventory.url, audience: 'inventory', issuer: partner.issuer },
      ownTokens(callers),
    );
    const verifier = orders.app.get(TokenVerifier);
    const callAs = async (by: TestIssuer): Promise<unknown> => {
      const token = await by.mint(userClaims({ audience: ['orders', 'inventory'] }));
      const verified = await verifier.verify(token);
      return callers.runAs({ token, verified }, () => bound.json('/'));
    };
    await callAs(partner);
    await expect(callAs(issuer)).rejects.toMatchObject({ status: 403, code: 'insufficient_audience' });
    await expect(bound.json('/', { credentials: 'service' })).rejects.toMatchObject({
      code: 'service_credentials_missing',
    });
    expect(seen).toEqual([partner.issuer]);
    expect(tokens.requests).toEqual([]);
  });
});

function ownTokens(callers = new CallerContext()): OutboundTokens {
  const endpoint = new TokenEndpoint({
    clientId: 'orders',
    clientSecret: 'secret',
    tokenEndpoint: tokens.url,
    issuer: issuer.issuer,
    clock,
  });
  const exchange = new TokenExchange(endpoint);
  return new OutboundTokens({ callers, issuer: issuer.issuer, exchange, service: new ServiceTokens(endpoint) });
}

describe.each(['/tcp', '/http'])('a 401 (%s)', (path) => {
  it('for an exchanged token costs one new exchange, and the caller does not notice', async () => {
    const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
    await get(token, path);
    refusedIds.add(lastGranted);
    for (let calls = 0; calls < 20; calls += 1) {
      expect(await get(token, path)).toMatchObject({ subject: 'ada', actor: 'orders' });
    }
    expect(tokens.requests).toHaveLength(2);
  });

  it('for every exchanged token is 502, not 401, and does not make each request exchange anew', async () => {
    const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
    refusedIds.add('all');
    for (let calls = 0; calls < 20; calls += 1) {
      expect(await get(token, path)).toMatchObject({ status: 502, code: 'bad_gateway' });
    }
    expect(tokens.requests).toHaveLength(2);
    clock.advance(5);
    refusedIds.clear();
    refusedIds.add(lastGranted);
    expect(await get(token, path)).toMatchObject({ subject: 'ada' });
    expect(tokens.requests).toHaveLength(3);
  });

  it("is the caller's where the issuer refuses to exchange the caller's token again", async () => {
    const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
    await get(token, path);
    refusedIds.add(lastGranted);
    const { answer } = tokens;
    tokens.answer = () => ({ status: 400, body: { error: 'invalid_grant' } });
    expect(await get(token, path)).toMatchObject({ status: 401, code: 'invalid_token' });
    tokens.answer = answer;
  });

  it("for the caller's own token goes to the caller, and is not tried again", async () => {
    const token = await issuer.mint(userClaims({ subject: 'bob', audience: ['orders', 'inventory'] }));
    refusedIds.add(payloadOf(token).jti);
    expect(await get(token, path)).toMatchObject({ status: 401, code: 'invalid_token' });
    expect(tokens.requests).toEqual([]);
  });

  it("for this service's own token costs one new one, then is 502", async () => {
    const own = ownTokens();
    const address = { name: 'inventory', audience: 'inventory', credentials: 'service' } as const;
    const http = new AuthHttpClient({ ...address, baseUrl: inventory.url }, own);
    const tcp = new AuthTcpClient({ ...address, host: '127.0.0.1', port: inventory.tcpPort }, own);
    const call = (): Promise<unknown> => (path === '/tcp' ? tcp.send('whoami', {}) : http.json('/'));
    expect(await call()).toMatchObject({ subject: 'orders' });
    refusedIds.add(lastGranted);
    expect(await call()).toMatchObject({ subject: 'orders' });
    expect(tokens.requests).toHaveLength(2);
    clock.advance(5);
    refusedIds.add('all');
    await expect(call()).rejects.toMatchObject({ status: 502, code: 'bad_gateway' });
    expect(tokens.requests).toHaveLength(3);
    await tcp.onApplicationShutdown();
  });

  it('asks once for all who were refused at the same time', async () => {
    const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
    await get(token, path);
    refusedIds.add(lastGranted);
    const answers = await Promise.all(Array.from({ length: 20 }, () => get(token, path)));
    for (const answer of answers) expect(answer).toMatchObject({ subject: 'ada' });
    expect(tokens.requests).toHaveLength(2);
  });
});

describe('a body', () => {
  const bodies: string[] = [];
  let status: number;
  let server: Server;
  let client: AuthHttpClient;
  beforeEach(async () => {
    bodies.length = 0;
    server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        bodies.push(text);
        response.writeHead(bodies.length === 1 ? status : 200).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new AuthHttpClient(
      { name: 'inventory', baseUrl, audience: 'inventory', credentials: 'service' },
      ownTokens(),
    );
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });
  const stream = (): ReadableStream => new Blob(['streamed']).stream();

  it.each([
    ['JSON', { json: { sku: 'LAMP' } }, '{"sku":"LAMP"}'],
    ['text', { body: 'text' }, 'text'],
    ['a form', { body: new URLSearchParams({ a: 'b' }) }, 'a=b'],
    ['bytes', { body: new Uint8Array([65, 66]) }, 'AB'],
  ])('of %s is sent a second time after a 401', async (_, init, text) => {
    status = 401;
    await client.json('/', { method: 'POST', ...init });
    expect(bodies).toEqual([text, text]);
  });

  it('that is a stream is sent once: 502 after a 401, and the next call has a new token', async () => {
    status = 200;
    await client.json('/', { method: 'POST', body: stream() });
    expect(bodies.splice(0)).toEqual(['streamed']);
    status = 401;
    await expect(client.json('/', { method: 'POST', body: stream() })).rejects.toMatchObject({ status: 502 });
    expect(bodies).toEqual(['streamed']);
    expect(tokens.requests).toHaveLength(1);
    await client.json('/', { method: 'POST', body: stream() });
    expect(tokens.requests).toHaveLength(2);
  });
});

describe("a call's time", () => {
  let http: AuthHttpClient;
  let tcp: AuthTcpClient;
  let grant: () => void;
  beforeEach(() => {
    const own = ownTokens();
    const address = { name: 'inventory', audience: 'inventory', credentials: 'service' } as const;
    http = new AuthHttpClient({ ...address, baseUrl: inventory.url }, own);
    tcp = new AuthTcpClient({ ...address, host: '127.0.0.1', port: inventory.tcpPort }, own);
    const { answer } = tokens;
    const granted = new Promise<void>((resolve) => {
      grant = resolve;
    });
    tokens.answer = async (request) => {
      await granted;
      tokens.answer = answer;
      return answer(request);
    };
  });
  afterEach(() => {
    grant();
    void tcp.onApplicationShutdown();
  });

  it('has in it the time to get a token, and who waits for the same one longer gets it', async () => {
    const patient = [http.json('/', { timeoutMs: 60_000 }), tcp.send('whoami', {}, { timeoutMs: 60_000 })];
    const late = { status: 504, code: 'gateway_timeout' };
    await expect(http.json('/', { timeoutMs: 50 })).rejects.toMatchObject(late);
    await expect(http.fetch('/', { timeoutMs: 50 })).rejects.toMatchObject(late);
    await expect(tcp.send('whoami', {}, { timeoutMs: 50 })).rejects.toMatchObject(late);
    await expect(tcp.emit('whoami', {}, { timeoutMs: 50 })).rejects.toMatchObject(late);
    grant();
    expect(await Promise.all(patient)).toMatchObject([{ subject: 'orders' }, { subject: 'orders' }]);
    expect(await http.json('/', { timeoutMs: 60_000 })).toMatchObject({ subject: 'orders' });
    expect(tokens.requests).toHaveLength(1);
  });

  it('ends where whoever waits for the token gives up', async () => {
    const abort = new AbortController();
    const asked = http.json('/', { signal: abort.signal });
    abort.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await expect(http.json('/', { signal: abort.signal })).rejects.toThrow('left');
    grant();
    expect(await http.json('/')).toMatchObject({ subject: 'orders' });
  });
});

it('makes no call in the name of a caller whose request has been answered, and says how to make it', async () => {
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: 'orders' }));
  expect(await get(token, '/leave')).toEqual({ left: true });
  await expect(leftBehind).rejects.toMatchObject({
    code: 'caller_missing',
    message: expect.stringMatching(/has already been answered.*credentials: 'service'/) as unknown,
  });
  expect(tokens.requests).toEqual([]);
});

it("exchanges the caller's token in any case, where it is told to", async () => {
  const { jobs, callers } = { jobs: orders.app.get(Jobs), callers: orders.app.get(CallerContext) };
  const token = await issuer.mint(userClaims({ subject: 'ada', audience: ['orders', 'inventory'] }));
  const caller = { token, verified: await orders.app.get(TokenVerifier).verify(token) };
  const call = (credentials: 'caller' | 'exchange'): Promise<unknown> =>
    callers.runAs(caller, () => jobs.tcp.send('whoami', {}, { credentials }));
  await expect(call('caller')).resolves.toEqual({ subject: 'ada', audience: ['orders', 'inventory'] });
  await expect(call('exchange')).resolves.toEqual({ subject: 'ada', audience: ['inventory'], actor: 'orders' });
});

it('keeps tokens once for an application, however often the module is registered', async () => {
  const register = (name: string): DynamicModule =>
    AuthClientsModule.register({
      http: [{ name, baseUrl: inventory.url, audience: 'inventory' }],
      serviceCredentials: { clientId: 'orders', clientSecret: 'secret', tokenEndpoint: tokens.url },
    });
  @Module({ imports: [AuthModule.forRoot(issuer.trusted('orders')), register('one'), register('other')] })
  class TwiceModule {}
  const app = await NestFactory.createApplicationContext(TwiceModule, { logger: false, abortOnError: false });
  for (const name of ['one', 'other']) {
    const client = app.get<AuthHttpClient>(httpClientToken(name), { strict: false });
    await client.json('/', { credentials: 'service' });
  }
  expect(tokens.requests).toHaveLength(1);
  await app.close();
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
