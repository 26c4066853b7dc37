import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import { Controller, Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientGrpcProxy, GrpcMethod, GrpcStreamCall, GrpcStreamMethod, Transport } from '@nestjs/microservices';
import { AuthModule, CallerContext, Public, Roles, TokenVerifier, type Caller } from '@watchword/auth';
import { AuthClientsModule, DownstreamError, InjectGrpcClient } from '@watchword/auth/clients';
import { AuthGrpcClient } from '@watchword/auth/grpc';
import { userClaims, createTestIssuer, ManualClock, withClaims, type TestIssuer } from '@watchword/auth/testing';
import {
  NEVER,
  Observable,
  ReplaySubject,
  concat,
  concatMap,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  of,
  toArray,
} from 'rxjs';
import { ToldList } from '../support/told-list.js';
import { freePort } from './support/free-port.js';

interface Query {
  readonly sku: string;
}
interface Answer {
  readonly subject: string;
  readonly here: string;
  readonly sku: string;
}
type Send = (data: unknown, metadata: Metadata) => Observable<Answer>;

const CALLS = 1000;
const clock = new ManualClock(Date.now());
const revocations = new ToldList();
const ran: string[] = [];

@Controller()
class StockController {
  constructor(private readonly callers: CallerContext) {}

  @GrpcMethod('Stock', 'Read')
  async read({ sku }: Query): Promise<Answer> {
    ran.push('Read');
    for (let turns = Math.ceil(Math.random() * 5); turns > 0; turns -= 1) {
      await nextTurn();
    }
    return this.answer(sku);
  }

  @GrpcMethod('Stock', 'Count')
  @Roles('admin')
  count({ sku }: Query): Answer {
    return this.answer(sku);
  }

  @GrpcMethod('Stock', 'Open')
  @Public()
  open({ sku }: Query): Answer {
    return this.answer(sku);
  }

  @GrpcMethod('Stock', 'Fail')
  fail(): never {
    throw new DownstreamError({ status: 409, code: 'insufficient_stock', message: 'There is not enough' });
  }

  @GrpcMethod('Stock', 'Watch')
  watch({ sku }: Query): Observable<Answer> {
    ran.push('Watch');
    return from([1, 2, 3]).pipe(
      concatMap(async () => {
        await nextTurn();
        return this.answer(sku);
      }),
    );
  }

  @GrpcMethod('Stock', 'Follow')
  follow({ sku }: Query): Observable<Answer> {
    return concat(of(this.answer(sku)), NEVER);
  }

  @GrpcStreamMethod('Stock', 'Collect')
  collect(queries: Observable<Query>): Observable<Answer> {
    ran.push('Collect');
    return queries.pipe(
      toArray(),
      map((all) => this.answer(all.map(({ sku }) => sku).join(' '))),
    );
  }

  @GrpcStreamMethod('Stock', 'Chat')
  chat(queries: Observable<Query>): Observable<Answer> {
    ran.push('Chat');
    return queries.pipe(map(({ sku }) => this.answer(sku)));
  }

  @GrpcStreamCall('Stock', 'Raw')
  raw(call: ServerDuplexStream<Query, Answer>): Observable<void> {
    ran.push('Raw');
    return new Observable((observer) => {
      call.on('data', ({ sku }: Query) => call.write(this.answer(sku)));
      call.on('end', () => {
        call.end();
        observer.next();
        observer.complete();
      });
    });
  }

  private answer(sku: string): Answer {
    const here = this.callers.current()?.verified.subject ?? 'nobody';
    return { subject: here, here, sku };
  }
}

@Injectable()
class Shop {
  constructor(
    @InjectGrpcClient('stock') readonly stock: AuthGrpcClient,
    readonly callers: CallerContext,
  ) {}
}

let issuer: TestIssuer;
let server: INestApplication;
let raw: ClientGrpcProxy;
let clientApp: INestApplication;
let shop: Shop;
let methods: Record<string, Send>;

beforeAll(async () => {
  issuer = await createTestIssuer({ clock });
  const options = {
    package: 'stock',
    protoPath: fileURLToPath(new URL('support/stock.proto', import.meta.url)),
    url: `127.0.0.1:${await freePort()}`,
  };
  @Module({
    imports: [AuthModule.forRoot({ ...issuer.trusted('stock'), clock, revocations })],
    controllers: [StockController],
  })
  class ServerModule {}
  server = await NestFactory.create(ServerModule, { logger: false, abortOnError: false });
  server.connectMicroservice({ transport: Transport.GRPC, options }, { inheritAppConfig: true });
  await server.startAllMicroservices();

  @Module({
    imports: [
      AuthModule.forRoot({ ...issuer.trusted('shop'), clock }),
      AuthClientsModule.register({
        grpc: [{ name: 'stock', audience: 'stock', options, passOn: { 409: ['insufficient_stock'] } }],
        headers: () => ({ 'x-request-id': 'r-1' }),
      }),
    ],
    providers: [Shop],
  })
  class ClientModule {}
  clientApp = await NestFactory.create(ClientModule, { logger: false, abortOnError: false });
  await clientApp.init();
  shop = clientApp.get(Shop);
  raw = new ClientGrpcProxy(options);
  methods = raw.getService<Record<string, Send>>('Stock');
});
afterAll(async () => {
  raw.close();
  await clientApp.close();
  await server.close();
});
beforeEach(() => ran.splice(0));

const mint = (user: Parameters<typeof userClaims>[0] = {}): Promise<string> =>
  issuer.mint(userClaims({ audience: ['shop', 'stock'], ...user }));

function metadataOf(...values: readonly string[]): Metadata {
  const metadata = new Metadata();
  for (const value of values) metadata.add('authorization', value);
  return metadata;
}

const QUERIES = [{ sku: 'a' }, { sku: 'b' }];
/** How each method is called: its name, what is sent, what comes back. */
const METHODS: readonly (readonly [name: string, data: () => unknown, skus: readonly string[]])[] = [
  ['Read', () => ({ sku: 'a' }), ['a']],
  ['Watch', () => ({ sku: 'a' }), ['a', 'a', 'a']],
  ['Collect', () => from(QUERIES), ['a b']],
  ['Chat', () => from(QUERIES), ['a', 'b']],
  ['Raw', () => from(QUERIES), ['a', 'b']],
];

const send = (method: string, data: unknown, metadata: Metadata): Promise<Answer[]> =>
  lastValueFrom((methods[method] as Send)(data, metadata).pipe(toArray()));

/** Listens to a stream: its first answer, and the error that it ends with. */
function begun(answers: Observable<Answer>) {
  const heard = new ReplaySubject<Answer>();
  const subscription = answers.subscribe(heard);
  return { first: firstValueFrom(heard), end: lastValueFrom(heard).catch((error: unknown) => error), subscription };
}

async function callerOf(token: string): Promise<Caller> {
  return { token, verified: await clientApp.get(TokenVerifier).verify(token) };
}

describe.each(METHODS)('a call of %s', (method, data, skus) => {
  it('is let in with a good token, and knows its caller to the end', async () => {
    const answers = await send(method, data(), metadataOf(`Bearer ${await mint({ subject: 'ada' })}`));
    expect(answers.map(({ sku }) => sku)).toEqual(skus);
    expect([...new Set(answers.map(({ here }) => here))]).toEqual(['ada']);
  });

  it.each<[string, (good: string) => readonly string[], number, string]>([
    ['no token', () => [], 16, 'authentication_required'],
    ['a changed token', (good) => [`Bearer ${withClaims(good, { sub: 'root' })}`], 16, 'invalid_token'],
    ['another scheme', () => ['Basic x'], 16, 'authentication_required'],
  ])('is refused with %s, by a status of gRPC', async (_, authorization, status, code) => {
    const refusal = await send(method, data(), metadataOf(...authorization(await mint()))).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: status });
    expect((refusal as { metadata: Metadata }).metadata.get('error-code')).toEqual([code]);
    expect(ran).toEqual([]);
  });
});

describe.each<[method: string, data: () => unknown]>([
  ['Follow', () => ({ sku: 'a' })],
  ['Chat', () => concat(of({ sku: 'a' }), NEVER)],
  ['Raw', () => concat(of({ sku: 'a' }), NEVER)],
])('an open stream of %s', (method, data) => {
  it.each([
    ['expires', (): void => clock.advance(306)],
    ['is revoked', (sessionId: string): void => revocations.revoke(sessionId)],
  ])('ends with UNAUTHENTICATED when the token %s, and no other does', async (_, end) => {
    const sessionId = randomUUID();
    const answers = (token: string) => (methods[method] as Send)(data(), metadataOf(`Bearer ${token}`));
    const mine = begun(answers(await mint({ sessionId })));
    const ofAnother = begun(answers(await issuer.mint(userClaims({ audience: 'stock' }), { lifetime: 3600 })));
    await Promise.all([mine.first, ofAnother.first]);
    end(sessionId);
    const refusal = (await mine.end) as { code: number; metadata: Metadata };
    expect(refusal.code).toBe(16);
    expect(refusal.metadata.get('error-code')).toEqual(['invalid_token']);
    expect(ofAnother.subscription.closed).toBe(false);
    ofAnother.subscription.unsubscribe();
  });
});

it('lets anybody call what is public, and nobody what they have not the role for', async () => {
  await expect(send('Open', {}, metadataOf())).resolves.toMatchObject([{ here: 'nobody' }]);
  const customer = metadataOf(`Bearer ${await mint({ roles: ['customer'] })}`);
  await expect(send('Count', {}, customer)).rejects.toMatchObject({ code: 7 });
});

it('says a conflict of its own as ALREADY_EXISTS', async () => {
  await expect(send('Fail', {}, metadataOf(`Bearer ${await mint()}`))).rejects.toMatchObject({ code: 6 });
});

describe('the client', () => {
  it('carries the caller, over calls and over streams', async () => {
    const caller = await callerOf(await mint({ subject: 'ada' }));
    const one = await shop.callers.runAs(caller, () => shop.stock.call<Answer>('Stock', 'Read', { sku: 'a' }));
    expect(one).toEqual({ subject: 'ada', here: 'ada', sku: 'a' });
    const sent = await shop.callers.runAs(caller, () => shop.stock.call<Answer>('Stock', 'Collect', from(QUERIES)));
    expect(sent).toMatchObject({ here: 'ada', sku: 'a b' });
    const many = await shop.callers.runAs(caller, () =>
      lastValueFrom(shop.stock.stream<Answer>('Stock', 'Chat', from(QUERIES)).pipe(toArray())),
    );
    expect(many.map(({ here }) => here)).toEqual(['ada', 'ada']);
  });

  it('passes on a refusal of the caller, and what it is told to', async () => {
    const caller = await callerOf(await mint({ roles: ['customer'] }));
    const as = <T>(work: () => Promise<T>): Promise<T> => shop.callers.runAs(caller, work);
    await expect(as(() => shop.stock.call('Stock', 'Count', {}))).rejects.toMatchObject({
      status: 403,
      code: 'insufficient_role',
    });
    await expect(as(() => shop.stock.call('Stock', 'Fail', {}))).rejects.toMatchObject({
      status: 409,
      code: 'insufficient_stock',
    });
    const streamed = as(() => lastValueFrom(shop.stock.stream('Stock', 'Count', {})));
    await expect(streamed).rejects.toMatchObject({ status: 403, code: 'insufficient_role' });
  });

  it('sends nothing in the name of nobody, nor with credentials of its own', async () => {
    await expect(shop.stock.call('Stock', 'Read', {})).rejects.toThrow(/caller/);
    await expect(lastValueFrom(shop.stock.stream('Stock', 'Watch', {}))).rejects.toThrow(/caller/);
    const caller = await callerOf(await mint());
    const own = { metadata: { Authorization: 'Bearer mine' } };
    const call = shop.callers.runAs(caller, () => shop.stock.call('Stock', 'Read', {}, own));
    await expect(call).rejects.toThrow(/attaches the token itself/);
    expect(ran).toEqual([]);
  });

  it('answers 504 where the time is over, and names a method that is not there', async () => {
    const caller = await callerOf(await mint());
    const never = shop.callers.runAs(caller, () =>
      shop.stock.call('Stock', 'Collect', new Observable<Query>(), { timeoutMs: 50 }),
    );
    await expect(never).rejects.toMatchObject({ status: 504 });
    const open = shop.callers.runAs(caller, () =>
      lastValueFrom(shop.stock.stream('Stock', 'Chat', concat(from(QUERIES), NEVER), { timeoutMs: 50 })),
    );
    await expect(open).rejects.toMatchObject({ status: 504 });
    await expect(shop.callers.runAs(caller, () => shop.stock.call('Stock', 'Nothing', of()))).rejects.toThrow(
      'The gRPC service Stock has no method Nothing.',
    );
  });

  it(`does not mix up ${CALLS} interleaved callers`, async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => mint({ subject: `user-${at}` })));
    const answers = await Promise.all(
      Array.from({ length: CALLS }, async (_, at) => {
        const caller = await callerOf(tokens[at % 20] ?? '');
        await nextTurn();
        const sku = `user-${at % 20}`;
        return shop.callers.runAs(caller, () =>
          shop.stock.call<Answer>('Stock', 'Read', { sku }, { timeoutMs: 60_000 }),
        );
      }),
    );
    expect(answers.filter(({ here, sku }) => here !== sku)).toEqual([]);
  }, 90_000);
});
