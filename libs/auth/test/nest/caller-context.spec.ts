import { AsyncResource } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Agent, request, type IncomingMessage } from 'node:http';
import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  Req,
  Sse,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
  type PipeTransform,
} from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { AuthModule, CallerContext, CurrentUser, Public, type VerifiedToken } from '@watchword/auth';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { NEVER, Observable, defer, mergeMap, of, startWith } from 'rxjs';
import { RawTcpPeer } from './support/raw-tcp.js';
import { runApp, type RunningApp } from './support/running-app.js';

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
      await nextTurn();
    }
    return here(this.callers);
  }
}

/** Work that a request begins and nobody waits for: it looks at each turn of the event loop who is calling, until it is told to stop. */
class Leftover {
  readonly seen = new Set<string | undefined>();
  last: string | undefined;
  private isStopped = false;

  constructor(
    readonly user: string,
    private readonly callers: CallerContext,
  ) {
    void this.goOn();
  }

  stop(): void {
    this.isStopped = true;
  }

  private async goOn(): Promise<void> {
    while (!this.isStopped) {
      this.last = here(this.callers);
      this.seen.add(this.last);
      await nextTurn();
    }
  }
}

const leftovers: Leftover[] = [];
afterEach(() => leftovers.splice(0).forEach((leftover) => leftover.stop()));

/** Every leftover has seen its own caller and nobody else, and finds nobody once its request is answered. */
async function expectClosedScopes(): Promise<void> {
  while (leftovers.some(({ last }) => last !== undefined)) await nextTurn();
  for (const { user, seen } of leftovers) expect([...seen]).toEqual([user, undefined]);
}

/** A request whose client left before the answer. */
const abandoned = new EventEmitter<{ begun: []; left: [seen: string | undefined] }>();

@Controller()
@UseInterceptors(SeeingInterceptor)
class SeeingController {
  constructor(
    private readonly callers: CallerContext,
    private readonly deep: Deep,
  ) {}

  private leave(user: VerifiedToken): void {
    leftovers.push(new Leftover(user.subject, this.callers));
  }

  @Post('leave')
  @MessagePattern('leave')
  async leaveWork(@CurrentUser() user: VerifiedToken): Promise<Sightings> {
    this.leave(user);
    return { handler: await this.deep.look() };
  }

  @EventPattern('leave-event')
  async leaveWorkOfEvent(@CurrentUser() user: VerifiedToken): Promise<void> {
    this.leave(user);
    await this.deep.look();
  }

  @Get('abandoned')
  async abandoned(@CurrentUser() user: VerifiedToken, @Req() message: IncomingMessage): Promise<Sightings> {
    this.leave(user);
    const closed = once(message.socket, 'close');
    abandoned.emit('begun');
    await closed;
    await nextTurn();
    abandoned.emit('left', here(this.callers));
    return {};
  }

  @Sse('stream')
  stream(@CurrentUser() user: VerifiedToken): Observable<{ data: string }> {
    this.leave(user);
    return NEVER.pipe(startWith({ data: here(this.callers) ?? 'nobody' }));
  }

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
const mint = (subject: string): Promise<string> => issuer.mint(userClaims({ subject, audience: 'things' }));

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

it('ends with the answer: what each of hundreds of interleaved requests leaves behind finds nobody', async () => {
  const tokens = await Promise.all(users.map(mint));
  const peer = await RawTcpPeer.open(running.tcpPort);
  const answers = await Promise.all(
    [...users, ...users, ...users].flatMap((_, index) => {
      const token = tokens[index % users.length];
      const metadata = `"metadata":{"authorization":"Bearer ${token}"}`;
      peer.write(`{"pattern":"leave-event","data":{},${metadata}}`);
      return [
        send(running.url, 'POST', '/leave', token),
        peer.request(`leave-${index}`, `"pattern":"leave","data":{},${metadata}`),
      ];
    }),
  );
  expect(answers).toHaveLength(240);
  while (leftovers.length < 360) await nextTurn();
  peer.close();
  await expectClosedScopes();
});

it('lasts for a handler whose client left early, until that handler has its answer', async () => {
  const token = await mint('ada');
  const message = request(`${running.url}/abandoned`, { headers: { authorization: `Bearer ${token}` } });
  const left = once(abandoned, 'left');
  const begun = once(abandoned, 'begun');
  message.on('error', () => undefined).end();
  await begun;
  message.destroy();
  expect(await left).toEqual(['ada']);
  await expectClosedScopes();
});

it('lasts as long as a stream, and ends when its reader leaves', async () => {
  const token = await mint('ada');
  const message = request(`${running.url}/stream`, { headers: { authorization: `Bearer ${token}` } });
  message.end();
  const [response] = (await once(message, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += chunk as string;
    if (text.includes('data:')) break;
  }
  expect(text).toContain('data: ada');
  message.destroy();
  await expectClosedScopes();
});

it('runs work for a given caller until it is done, and no longer', async () => {
  const callers = running.app.get(CallerContext);
  const caller = { token: 'ada', verified: { subject: 'ada' } as VerifiedToken };
  const leave = () => void leftovers.push(new Leftover('ada', callers));
  await callers.runAs(caller, async () => {
    leave();
    await nextTurn();
  });
  callers.runAs(caller, leave);
  expect(() =>
    callers.runAs(caller, () => {
      leave();
      throw new Error('failed');
    }),
  ).toThrow('failed');
  await expectClosedScopes();
  await expect(callers.runAs(caller, () => Promise.reject(new Error('late')))).rejects.toThrow('late');
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
