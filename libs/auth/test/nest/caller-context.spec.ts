import { AsyncResource } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Agent, request } from 'node:http';
import { Body, Controller, Get, Injectable, Module, Post, UseInterceptors, UsePipes } from '@nestjs/common';
import type {
  CallHandler,
  ExecutionContext,
  MiddlewareConsumer,
  NestInterceptor,
  NestModule,
  PipeTransform,
} from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { AuthModule, CallerContext, CurrentUser, Public } from '@watchword/auth';
import type { VerifiedToken } from '@watchword/auth';
import { asUser, createTestIssuer } from '@watchword/auth/testing';
import type { TestIssuer } from '@watchword/auth/testing';
import { Observable, defer, mergeMap, of } from 'rxjs';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp } from './support/running-app.js';
import type { RunningApp } from './support/running-app.js';

/** Who is calling, as seen from each place that a request passes. */
type Sightings = Record<string, string | undefined>;

const here = (context: CallerContext): string | undefined => context.current()?.verified.subject;

@Injectable()
class SeeingInterceptor implements NestInterceptor {
  constructor(private readonly callers: CallerContext) {}

  intercept(_: ExecutionContext, next: CallHandler<Sightings>): Observable<Sightings> {
    const before = here(this.callers);
    return next.handle().pipe(
      mergeMap(async (seen) => {
        await nextTurn();
        return { ...seen, before, after: here(this.callers) };
      }),
    );
  }
}

@Injectable()
class SeeingPipe implements PipeTransform {
  constructor(private readonly callers: CallerContext) {}

  async transform(value: unknown): Promise<unknown> {
    await nextTurn();
    return typeof value === 'object' && value !== null && 'at' in value
      ? { ...value, pipe: here(this.callers) }
      : value;
  }
}

@Injectable()
class Deep {
  constructor(private readonly callers: CallerContext) {}

  async look(): Promise<string | undefined> {
    for (let turns = Math.ceil(Math.random() * 5); turns > 0; turns -= 1) {
      // oxlint-disable-next-line no-await-in-loop -- turns of the event loop, so that requests interleave
      await nextTurn();
    }
    return here(this.callers);
  }
}

@Controller()
@UseInterceptors(SeeingInterceptor)
class SeeingController {
  constructor(
    private readonly callers: CallerContext,
    private readonly deep: Deep,
  ) {}

  @Post('see')
  @MessagePattern('see')
  @UsePipes(SeeingPipe)
  async see(
    @Body() body: Sightings,
    @Payload() data: Sightings,
    @CurrentUser() user: VerifiedToken,
  ): Promise<Sightings> {
    return {
      ...(body ?? data),
      param: user.subject,
      handler: here(this.callers),
      deep: await this.deep.look(),
      promise: await Promise.all([this.deep.look(), this.deep.look()]).then(([first]) => first),
    };
  }

  @Get('cold')
  @MessagePattern('cold')
  cold(): Observable<Sightings> {
    return defer(() => of({ handler: here(this.callers) }));
  }

  @Get('open')
  @MessagePattern('open')
  @Public()
  async open(): Promise<Sightings> {
    return { handler: here(this.callers), deep: await this.deep.look() };
  }
}

let issuer: TestIssuer;
let running: RunningApp;
beforeAll(async () => {
  issuer = await createTestIssuer();
  @Module({
    imports: [AuthModule.forRoot(issuer.trusted('things'))],
    controllers: [SeeingController],
    providers: [Deep],
  })
  class AppModule {}
  running = await runApp(AppModule);
});
afterAll(() => running.close());

const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
const mint = (subject: string): Promise<string> => issuer.mint(asUser({ subject, audience: 'things' }));

/** Kept-alive connections, fewer than there are requests: what one request leaves behind meets the next. */
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
afterAll(() => agent.destroy());

function send(url: string, method: string, path: string, token?: string): Promise<Sightings> {
  return new Promise((resolve, reject) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const message = request(url + path, {
      agent,
      method,
      headers: { ...authorization, 'content-type': 'application/json' },
    });
    message.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ ...(JSON.parse(text) as Sightings), status: String(response.statusCode) }));
    });
    message.end(method === 'POST' ? JSON.stringify({ at: 'http' }) : undefined);
  });
}

it('shows each of hundreds of interleaved HTTP requests its own caller, everywhere', async () => {
  const tokens = await Promise.all(users.map(mint));
  const rounds = Array.from({ length: 8 }, () => users).flat();
  const answers = await Promise.all(
    rounds.flatMap((user, index) => [
      send(running.url, 'POST', '/see', tokens[index % users.length]).then((seen) => ({ user, seen })),
      ...(index % 3 === 0 ? [send(running.url, 'GET', '/open').then((seen) => ({ user: undefined, seen }))] : []),
    ]),
  );
  expect(answers.length).toBeGreaterThan(400);
  for (const { user, seen } of answers) {
    if (user === undefined) expect(seen).toEqual({ status: '200' });
    else {
      const everywhere = Object.fromEntries(
        ['pipe', 'param', 'handler', 'deep', 'promise', 'before', 'after'].map((place) => [place, user]),
      );
      expect(seen).toEqual({ at: 'http', status: '201', ...everywhere });
    }
  }
});

it('shows a public handler nobody, after a caller on the same connection and with a token along', async () => {
  const token = await mint('ada');
  await send(running.url, 'POST', '/see', token);
  expect(await send(running.url, 'GET', '/open', token)).toEqual({ status: '200' });
});

it('holds inside the Observable that a handler returns', async () => {
  expect(await send(running.url, 'GET', '/cold', await mint('ada'))).toMatchObject({ handler: 'ada', after: 'ada' });
});

it('shows each of hundreds of interleaved messages on one TCP connection its own caller, everywhere', async () => {
  const tokens = await Promise.all(users.map(mint));
  const peer = await RawTcpPeer.open(running.tcpPort);
  const metadata = (index: number): string => `"metadata":{"authorization":"Bearer ${tokens[index % users.length]}"}`;
  const answers = await Promise.all(
    Array.from({ length: 320 }, (_, index) => [
      peer.request(`see-${index}`, `"pattern":"see","data":{"at":"tcp"},${metadata(index)}`),
      peer.request(`cold-${index}`, `"pattern":"cold","data":{},${metadata(index)}`),
      peer.request(`open-${index}`, `"pattern":"open","data":{}`),
    ]).flat(),
  );
  peer.close();
  answers.forEach(({ id = '', response }, at) => {
    const user = users[Math.floor(at / 3) % users.length];
    if (id.startsWith('see')) expect(response).toMatchObject({ param: user, handler: user, deep: user, after: user });
    else if (id.startsWith('cold')) expect(response).toMatchObject({ handler: user, before: user, after: user });
    else expect(response).toEqual({});
  });
});

/** An application with a middleware that goes on from the callback of a pool's connection, in the context of that one. */
function losingApp(pool: () => AsyncResource): Promise<RunningApp> {
  @Module({
    imports: [AuthModule.forRoot(issuer.trusted('things'))],
    controllers: [SeeingController],
    providers: [Deep],
  })
  class LosingModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply((_: unknown, __: unknown, next: () => void) => pool().runInAsyncScope(next)).forRoutes('{*path}');
    }
  }
  return runApp(LosingModule);
}

it("refuses a request that a middleware moved into another request's context, public or not", async () => {
  let ofFirstRequest: AsyncResource | undefined;
  const losing = await losingApp(() => (ofFirstRequest ??= new AsyncResource('pool')));
  const [ada, eve] = await Promise.all([mint('ada'), mint('eve')]);
  expect(await send(losing.url, 'POST', '/see', ada)).toMatchObject({ status: '201', handler: 'ada' });
  expect(await send(losing.url, 'POST', '/see', eve)).toMatchObject({ status: '500' });
  expect(await send(losing.url, 'GET', '/open')).toMatchObject({ status: '500' });
  await losing.close();
});

it('refuses a request that a middleware moved out of its context, where its handler would find nobody', async () => {
  const openedAtBoot = new AsyncResource('pool');
  const losing = await losingApp(() => openedAtBoot);
  expect(await send(losing.url, 'POST', '/see', await mint('ada'))).toMatchObject({ status: '500' });
  expect(await send(losing.url, 'GET', '/open')).toEqual({ status: '200' });
  await losing.close();
});

it('runs work for a given caller, or for nobody, whoever is around', async () => {
  const callers = running.app.get(CallerContext);
  const caller = (subject: string) => ({ token: subject, verified: { subject } as VerifiedToken });
  const seen = await callers.runAs(caller('ada'), async () => {
    await nextTurn();
    const nobody = callers.runAsNobody(() => callers.current());
    const eve = await callers.runAs(caller('eve'), () => nextTurn().then(() => here(callers)));
    return { ada: here(callers), nobody, eve };
  });
  expect(seen).toEqual({ ada: 'ada', nobody: undefined, eve: 'eve' });
  expect(callers.current()).toBeUndefined();
});
