import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Injectable, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, MessagePattern, Payload, type ClientProxy } from '@nestjs/microservices';
import {
  AuthModule,
  CallerContext,
  CurrentUser,
  Public,
  Roles,
  TokenVerifier,
  type Caller,
  type VerifiedToken,
} from '@watchword/auth';
import { AuthClientsModule, InjectRpcClient } from '@watchword/auth/clients';
import { AuthRpcClient } from '@watchword/auth/microservices';
import { userClaims, createTestIssuer, withClaims, type TestIssuer } from '@watchword/auth/testing';
import { NEVER, ReplaySubject, concat, firstValueFrom, lastValueFrom, of, type Observable } from 'rxjs';
import { ToldList } from '../support/told-list.js';
import { TRANSPORTS, describeOnTransport, type Line, type RawHeaders } from './support/transports.js';

/** Patterns of this run alone: brokers are shared. */
const RUN = randomUUID();
const READ = `${RUN}.read`;
const COUNT = `${RUN}.count`;
const OPEN = `${RUN}.open`;
const NOTE = `${RUN}.note`;
const FOLLOW = `${RUN}.follow`;
const CALLS = 1000;

const notes: unknown[] = [];
const revocations = new ToldList();

@Controller()
class StockController {
  constructor(private readonly callers: CallerContext) {}

  @MessagePattern(READ)
  async read(@Payload() data: object, @CurrentUser() user: VerifiedToken): Promise<object> {
    for (let turns = Math.ceil(Math.random() * 5); turns > 0; turns -= 1) {
      await nextTurn();
    }
    return { subject: user.subject, here: this.callers.current()?.verified.subject, data };
  }

  @MessagePattern(COUNT)
  @Roles('admin')
  count(): number {
    return 1;
  }

  @MessagePattern(OPEN)
  @Public()
  open(): object {
    return { caller: this.callers.current()?.verified.subject ?? 'nobody' };
  }

  @MessagePattern(FOLLOW)
  follow(): Observable<string> {
    return concat(of('first'), NEVER);
  }

  @EventPattern(NOTE)
  note(data: unknown): void {
    notes.push({ data, subject: this.callers.current()?.verified.subject });
  }
}

@Injectable()
class Shop {
  constructor(
    @InjectRpcClient('stock') readonly stock: AuthRpcClient,
    @InjectRpcClient('bare') readonly bare: AuthRpcClient,
    readonly callers: CallerContext,
  ) {}
}

for (const transport of TRANSPORTS) {
  describeOnTransport(transport, () => {
    let issuer: TestIssuer;
    let line: Line;
    let server: INestApplication;
    let raw: ClientProxy;
    let clientApp: INestApplication;
    let shop: Shop;

    beforeAll(async () => {
      issuer = await createTestIssuer();
      line = await transport.open();
      @Module({
        imports: [AuthModule.forRoot({ ...issuer.trusted('stock'), revocations })],
        controllers: [StockController],
      })
      class ServerModule {}
      server = await NestFactory.create(ServerModule, { logger: false, abortOnError: false });
      server.connectMicroservice(line.server, { inheritAppConfig: true });
      await server.startAllMicroservices();

      @Module({
        imports: [
          AuthModule.forRoot(issuer.trusted('shop')),
          AuthClientsModule.register({
            rpc: [{ name: 'stock', audience: 'stock', ...line.service }],
            headers: () => ({ 'x-request-id': 'r-1' }),
          }),
          AuthClientsModule.register({ rpc: [{ name: 'bare', audience: 'stock', ...line.service }] }),
        ],
        providers: [Shop],
      })
      class ClientModule {}
      clientApp = await NestFactory.create(ClientModule, { logger: false, abortOnError: false });
      await clientApp.init();
      shop = clientApp.get(Shop);
      raw = line.client();
    }, 30_000);

    afterAll(async () => {
      await raw.close();
      await clientApp.close();
      await server.close();
    });

    const mint = (user: Parameters<typeof userClaims>[0] = {}): Promise<string> =>
      issuer.mint(userClaims({ audience: ['shop', 'stock'], ...user }));

    const sendRaw = (pattern: string, headers: RawHeaders): Promise<unknown> =>
      lastValueFrom(raw.send(pattern, line.withHeaders(raw, {}, headers)));

    const callerOf = async (token: string): Promise<Caller> => ({
      token,
      verified: await clientApp.get(TokenVerifier).verify(token),
    });

    it('shows the handler who calls, in its parameter and in its context', async () => {
      const answer = await sendRaw(READ, [['authorization', `Bearer ${await mint({ subject: 'ada' })}`]]);
      expect(answer).toMatchObject({ subject: 'ada', here: 'ada' });
    });

    it('ends a stream of answers when the token of its caller is revoked, and no other', async () => {
      const sessionId = randomUUID();
      const follow = async (user: object) => {
        const answers = new ReplaySubject();
        const headers: RawHeaders = [['authorization', `Bearer ${await mint(user)}`]];
        const subscription = raw.send(FOLLOW, line.withHeaders(raw, {}, headers)).subscribe(answers);
        await firstValueFrom(answers);
        return { answers, subscription };
      };
      const mine = await follow({ sessionId });
      const ofAnother = await follow({});
      revocations.revoke(sessionId);
      await expect(lastValueFrom(mine.answers)).rejects.toMatchObject({ status: 401, code: 'invalid_token' });
      expect(ofAnother.subscription.closed).toBe(false);
      ofAnother.subscription.unsubscribe();
    });

    it.each<[string, (good: string) => RawHeaders, string]>([
      ['no credentials', () => [], 'authentication_required'],
      ['other headers alone', (good) => [['x-authorization', `Bearer ${good}`]], 'authentication_required'],
      [
        'a changed token',
        (good) => [['authorization', `Bearer ${withClaims(good, { sub: 'root' })}`]],
        'invalid_token',
      ],
      ['another scheme', () => [['authorization', 'Basic x']], 'authentication_required'],
    ])('refuses a message with %s', async (_, headersOf, code) => {
      await expect(sendRaw(READ, headersOf(await mint()))).rejects.toMatchObject({ status: 401, code });
    });

    if (transport.repeats === true) {
      it.each(['authorization', 'Authorization'])(
        'refuses a message with two credentials, the second as %s',
        async (name) => {
          const good = `Bearer ${await mint()}`;
          const both: RawHeaders = [
            ['authorization', good],
            [name, good],
          ];
          await expect(sendRaw(READ, both)).rejects.toMatchObject({ status: 400, code: 'invalid_request' });
        },
      );
    }

    it('refuses a message for another service, and one without the role', async () => {
      const elsewhere = await mint({ audience: 'orders' });
      await expect(sendRaw(READ, [['authorization', `Bearer ${elsewhere}`]])).rejects.toMatchObject({ status: 401 });
      const customer = await mint({ roles: ['customer'] });
      await expect(sendRaw(COUNT, [['authorization', `Bearer ${customer}`]])).rejects.toMatchObject({ status: 403 });
      const admin = await mint({ roles: ['admin'] });
      await expect(sendRaw(COUNT, [['authorization', `Bearer ${admin}`]])).resolves.toBe(1);
    });

    it('lets anybody call what is public, as nobody', async () => {
      await expect(sendRaw(OPEN, [])).resolves.toEqual({ caller: 'nobody' });
      await expect(sendRaw(OPEN, [['authorization', 'Bearer garbage']])).resolves.toEqual({ caller: 'nobody' });
    });

    it('does not handle an event that is refused, and handles the next that is not', async () => {
      const good = await mint({ subject: 'ada' });
      const emitRaw = (data: object, headers: RawHeaders): Promise<unknown> =>
        lastValueFrom(raw.emit(NOTE, line.withHeaders(raw, data, headers)), { defaultValue: undefined });
      notes.splice(0);
      await emitRaw({ of: 'nobody' }, []);
      await emitRaw({ of: 'a forger' }, [['authorization', `Bearer ${withClaims(good, { sub: 'root' })}`]]);
      await emitRaw({ of: 'ada' }, [['authorization', `Bearer ${good}`]]);
      while (notes.length === 0) {
        await nextTurn();
      }
      expect(notes).toEqual([{ data: { of: 'ada' }, subject: 'ada' }]);
    });

    it('carries the caller to the other service', async () => {
      const caller = await callerOf(await mint({ subject: 'ada' }));
      const answer = await shop.callers.runAs(caller, () => shop.stock.send<object>(READ, { sku: 1 }));
      expect(answer).toEqual({ subject: 'ada', here: 'ada', data: { sku: 1 } });
    });

    it('passes on a refusal of the caller, and says nothing else', async () => {
      const caller = await callerOf(await mint({ roles: ['customer'] }));
      const call = shop.callers.runAs(caller, () => shop.stock.send(COUNT, {}));
      await expect(call).rejects.toMatchObject({ status: 403, code: 'insufficient_role' });
    });

    it('sends a message without any headers, where it is told to call as nobody', async () => {
      await expect(shop.bare.send(OPEN, {}, { credentials: 'none' })).resolves.toEqual({ caller: 'nobody' });
      await expect(shop.bare.send(READ, {}, { credentials: 'none' })).rejects.toMatchObject({ status: 502 });
    });

    it('sends an event in the name of its caller', async () => {
      const caller = await callerOf(await mint({ subject: 'ada' }));
      notes.splice(0);
      await shop.callers.runAs(caller, () => shop.stock.emit(NOTE, { of: 'the shop' }));
      while (notes.length === 0) {
        await nextTurn();
      }
      expect(notes).toEqual([{ data: { of: 'the shop' }, subject: 'ada' }]);
    });

    it('sends nothing in the name of nobody', async () => {
      await expect(shop.stock.send(READ, {})).rejects.toThrow(/caller/);
    });

    it(`does not mix up ${CALLS} interleaved callers`, async () => {
      const tokens = await Promise.all(Array.from({ length: 20 }, (_, at) => mint({ subject: `user-${at}` })));
      const answers = await Promise.all(
        Array.from({ length: CALLS }, async (_, at) => {
          const caller = await callerOf(tokens[at % 20] ?? '');
          await nextTurn();
          const options = { timeoutMs: 60_000 };
          const data = { at: at % 20 };
          return shop.callers.runAs(caller, () => shop.stock.send<Record<string, unknown>>(READ, data, options));
        }),
      );
      const wrong = answers.filter(({ subject, here, data }) => {
        const user = `user-${(data as { at: number }).at}`;
        return subject !== user || here !== user;
      });
      expect(wrong).toEqual([]);
      expect(answers).toHaveLength(CALLS);
    }, 90_000);
  });
}
