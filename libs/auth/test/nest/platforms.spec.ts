import { randomUUID } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  Controller,
  Get,
  Module,
  Post,
  Sse,
  type HttpServer,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuthModule, CallerContext, CurrentUser, Public, Roles, Scopes, type VerifiedToken } from '@watchword/auth';
import {
  userClaims,
  createTestIssuer,
  ManualClock,
  refusedTokens,
  type TestIssuer,
  type TestUser,
} from '@watchword/auth/testing';
import { NEVER, Observable, startWith } from 'rxjs';
import { ToldList } from '../support/told-list.js';

const clock = new ManualClock(Date.now());
const revocations = new ToldList();
/** What happened in the streams of the controller. */
const happened: string[] = [];

@Controller('parcels')
class ParcelsController {
  constructor(private readonly callers: CallerContext) {}

  @Get()
  mine(@CurrentUser() user: VerifiedToken): object {
    return { subject: user.subject, inContext: this.callers.current()?.verified.subject };
  }

  @Get('open')
  @Public()
  open(): object {
    return { inContext: this.callers.current()?.verified.subject ?? null };
  }

  @Post()
  @Scopes('parcels:write')
  @Roles('clerk')
  send(): object {
    return {};
  }

  @Sse('moves')
  moves(): Observable<MessageEvent> {
    return new Observable((subscriber) => {
      subscriber.next({ data: `hello ${String(this.callers.current()?.verified.subject)}` });
      return () => void happened.push('moves ended');
    });
  }

  @Sse('weather')
  @Public()
  weather(): Observable<MessageEvent> {
    return NEVER.pipe(startWith({ data: 'sun' }));
  }

  /** Works for as long as the caller may. */
  @Post('report')
  report(): Promise<object> {
    const { signal } = this.callers.current() ?? {};
    happened.push('report begun');
    return new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve({ stopped: (signal.reason as { code: string }).code }));
    });
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('HTTP on %s', (_, adapter: () => HttpServer) => {
  let app: INestApplication;
  let issuer: TestIssuer;
  let port: number;
  beforeAll(async () => {
    issuer = await createTestIssuer({ clock });
    @Module({
      imports: [AuthModule.forRoot({ ...issuer.trusted('parcels'), clock, revocations })],
      controllers: [ParcelsController],
    })
    class AppModule {}
    app = await NestFactory.create(AppModule, adapter() as ExpressAdapter, { logger: false, abortOnError: false });
    await app.listen(0, '127.0.0.1');
    ({ port } = app.getHttpServer().address() as AddressInfo);
  });
  afterAll(() => app.close());
  beforeEach(() => (happened.length = 0));

  const mint = (user: TestUser = {}, lifetime = 300) =>
    issuer.mint(userClaims({ audience: 'parcels', ...user }), { lifetime });

  /** Raw: with the headers as they are given, several of one name too. */
  function send(method: string, path: string, ...authorization: string[]): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = [
        'host',
        '127.0.0.1',
        'content-length',
        '0',
        ...authorization.flatMap((value) => ['authorization', value]),
      ];
      request({ host: '127.0.0.1', port, method, path, headers }, resolve).on('error', reject).end();
    });
  }

  async function answer(method: string, path: string, ...authorization: string[]): Promise<unknown> {
    const response = await send(method, path, ...authorization);
    const body = JSON.parse(await text(response)) as { code?: string };
    return response.statusCode === 200 || response.statusCode === 201 ? body : [response.statusCode, body.code];
  }

  it('knows the caller, in a parameter and in the context, and nobody on a public handler', async () => {
    const token = await mint({ subject: 'ada' });
    expect(await answer('GET', '/parcels', `Bearer ${token}`)).toEqual({ subject: 'ada', inContext: 'ada' });
    expect(await answer('GET', '/parcels/open', `Bearer ${token}`)).toEqual({ inContext: null });
  });

  it('refuses what the handler does not allow, two tokens, and every kind of bad token', async () => {
    const scopes = ['parcels:write'];
    expect(await answer('GET', '/parcels')).toEqual([401, 'authentication_required']);
    expect(await answer('POST', '/parcels', `Bearer ${await mint()}`)).toEqual([403, 'insufficient_scope']);
    expect(await answer('POST', '/parcels', `Bearer ${await mint({ scopes })}`)).toEqual([403, 'insufficient_role']);
    expect(await answer('POST', '/parcels', `Bearer ${await mint({ scopes, roles: ['clerk'] })}`)).toEqual({});
    const good = `Bearer ${await mint()}`;
    expect(await answer('GET', '/parcels', good, good)).toEqual([400, 'invalid_request']);
    for (const { why, token } of await refusedTokens(issuer, userClaims({ audience: 'parcels' }))) {
      expect([why, await answer('GET', '/parcels', `Bearer ${token}`)]).toEqual([why, [401, 'invalid_token']]);
    }
  });

  it.each([
    ['expires', (): void => clock.advance(306)],
    ['is revoked', (sessionId: string): void => revocations.revoke(sessionId)],
  ])('ends server-sent events when the token %s, and tells the client; not those of others', async (__, end) => {
    const sessionId = randomUUID();
    const mine = await send('GET', '/parcels/moves', `Bearer ${await mint({ subject: 'ada', sessionId })}`);
    const ofAnother = await send('GET', '/parcels/moves', `Bearer ${await mint({ subject: 'bob' }, 3600)}`);
    const toAnybody = await send('GET', '/parcels/weather');
    await Promise.all([mine, ofAnother, toAnybody].map(firstEvent));
    end(sessionId);
    const rest = await text(mine);
    expect(rest).toContain('event: error\n');
    expect(rest).toContain('data: The access token is not valid\n');
    expect(happened).toEqual(['moves ended']);
    expect([ofAnother.readableEnded, toAnybody.readableEnded]).toEqual([false, false]);
    ofAnother.destroy();
    toAnybody.destroy();
    const again = await send('GET', '/parcels/moves', `Bearer ${await mint({}, -60)}`);
    expect(again.statusCode).toBe(401);
    again.resume();
  });

  it('tells a handler that works for long when the token of its caller ends', async () => {
    const sessionId = randomUUID();
    const stopped = answer('POST', '/parcels/report', `Bearer ${await mint({ sessionId })}`);
    while (happened.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    revocations.revoke(sessionId);
    expect(await stopped).toEqual({ stopped: 'token_revoked' });
  });
});

async function text(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return body;
}

/** Leaves the stream open. */
async function firstEvent(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    response.once('data', (chunk) => {
      response.pause();
      resolve(String(chunk));
    });
  });
}
