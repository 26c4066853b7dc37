import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientKafka, EventPattern, KafkaHeaders, MessagePattern, ServerKafka } from '@nestjs/microservices';
import { AuthError, AuthModule, CallerContext, Roles, type RevocationCheck } from '@watchword/auth';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { lastValueFrom } from 'rxjs';
import { kafkaCarrier } from '../../src/nest/clients/carriers/kafka-carrier.js';

/** Records as they are on the wire: what a producer was given, and what a consumer gets. */
interface WireRecord {
  readonly topic: string;
  readonly messages: readonly { readonly value: unknown; readonly headers?: Record<string, unknown> }[];
}

/** Nest's own server without the broker: records are handed to it, its answers are kept. */
class BrokerlessServer extends ServerKafka {
  isBroken = false;
  readonly answers: WireRecord[] = [];

  override async listen(callback: () => void): Promise<void> {
    const send = async (record: WireRecord): Promise<void> => {
      if (this.isBroken) throw new Error('The broker is away');
      this.answers.push(record);
    };
    this.producer = { send } as never;
    callback();
  }

  override async close(): Promise<void> {}

  receive(topic: string, headers: Record<string, Buffer | Buffer[]>): Promise<unknown> {
    const message = { key: null, value: Buffer.from('{}'), headers, timestamp: '0', attributes: 0, offset: '0' };
    return this.handleMessage({
      topic,
      partition: 0,
      message,
      heartbeat: async () => undefined,
      pause: () => () => {},
    });
  }
}

/** Nest's own client without the broker. */
class BrokerlessClient extends ClientKafka {
  readonly sent: WireRecord[] = [];

  override async connect(): Promise<never> {
    this._producer = { send: async (record: WireRecord) => void this.sent.push(record) } as never;
    return this._producer;
  }
}

const noted: (string | undefined)[] = [];

@Controller()
class StockController {
  constructor(private readonly callers: CallerContext) {}

  @EventPattern('stock.moved')
  moved(_data: unknown): void {
    noted.push(this.callers.current()?.verified.subject);
  }

  @MessagePattern('stock.count')
  @Roles('admin')
  count(): number {
    return 1;
  }
}

/** What is revoked is not known for a while, as where the issuer was not heard. */
let areRevocationsKnown = true;
const revocations: RevocationCheck = {
  isRevoked: () => {
    if (!areRevocationsKnown) throw new AuthError('revocations_unknown');
    return false;
  },
};

let issuer: TestIssuer;
let app: INestApplication;
let server: BrokerlessServer;

beforeAll(async () => {
  issuer = await createTestIssuer();
  server = new BrokerlessServer({ client: { brokers: [] } });
  @Module({
    imports: [AuthModule.forRoot({ ...issuer.trusted('stock'), revocations })],
    controllers: [StockController],
  })
  class AppModule {}
  app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: true });
  await app.startAllMicroservices();
});
afterAll(() => app.close());
beforeEach(() => {
  noted.splice(0);
  server.answers.splice(0);
});

const bearer = async (user: Parameters<typeof userClaims>[0] = {}): Promise<Buffer> =>
  Buffer.from(`Bearer ${await issuer.mint(userClaims({ audience: 'stock', ...user }))}`);

it('takes the token from the record header, in whatever case its name is written', async () => {
  await server.receive('stock.moved', { authorization: await bearer({ subject: 'ada' }) });
  await server.receive('stock.moved', { Authorization: await bearer({ subject: 'bob' }) });
  expect(noted).toEqual(['ada', 'bob']);
});

it('does not handle an event without a token, with two of them, or with what is not text', async () => {
  const good = await bearer();
  for (const headers of [
    {},
    { authorization: [good, good] },
    { authorization: good, Authorization: good },
    { authorization: Buffer.from('{"a":1}') },
    { authorization: Buffer.from([0, 0, 0, 0, 1, 2]) },
  ]) {
    await server.receive('stock.moved', headers as Record<string, Buffer>).catch(() => undefined);
  }
  expect(noted).toEqual([]);
});

describe('a refused event', () => {
  it('goes to the dead-letter topic with the reason and without its token, and Kafka need not deliver it again', async () => {
    const forged = Buffer.from('Bearer forged');
    await server.receive('stock.moved', { authorization: forged, trace: Buffer.from('t') });
    await server.receive('stock.moved', {});
    expect(server.answers).toEqual([
      {
        topic: 'stock.moved.dead-letter',
        messages: [{ key: null, value: '{}', headers: { trace: 't', 'dead-letter-reason': 'token_malformed' } }],
      },
      {
        topic: 'stock.moved.dead-letter',
        messages: [{ key: null, value: '{}', headers: { 'dead-letter-reason': 'credentials_missing' } }],
      },
    ]);
    expect(noted).toEqual([]);
  });

  it('goes there also where it pretends to wait for an answer', async () => {
    const asked = { [KafkaHeaders.CORRELATION_ID]: Buffer.from('1'), [KafkaHeaders.REPLY_TOPIC]: Buffer.from('mine') };
    await server.receive('stock.moved', asked);
    expect(server.answers).toMatchObject([{ topic: 'stock.moved.dead-letter' }]);
  });

  it('is delivered again, and is no dead letter, where it may be good a moment later', async () => {
    areRevocationsKnown = false;
    const good = await bearer({ subject: 'ada' });
    await expect(server.receive('stock.moved', { authorization: good })).rejects.toMatchObject({ status: 503 });
    areRevocationsKnown = true;
    await server.receive('stock.moved', { authorization: good });
    expect(server.answers).toEqual([]);
    expect(noted).toEqual(['ada']);
  });

  it('is delivered again where the dead-letter topic did not take it', async () => {
    server.isBroken = true;
    await expect(server.receive('stock.moved', {})).rejects.toMatchObject({ status: 'error' });
    server.isBroken = false;
  });
});

it('answers a refused request', async () => {
  const asked = {
    [KafkaHeaders.CORRELATION_ID]: Buffer.from('1'),
    [KafkaHeaders.REPLY_TOPIC]: Buffer.from('stock.count.reply'),
  };
  await server.receive('stock.count', { ...asked, authorization: await bearer({ roles: ['customer'] }) });
  await server.receive('stock.count', { ...asked, authorization: await bearer({ roles: ['admin'] }) });
  // Nest sends the answers in turns of their own: one refusal, a number, and the end of what gave the number.
  while (server.answers.length < 2) {
    await nextTurn();
  }
  const [refusal, count] = server.answers.flatMap(({ messages }) => messages);
  expect(JSON.parse(String(refusal?.headers?.[KafkaHeaders.NEST_ERR]))).toMatchObject({ status: 403 });
  expect(String(count?.value)).toBe('1');
});

it('sends the token as a record header, beside those that the message has', async () => {
  const client = new BrokerlessClient({ client: { brokers: [] } });
  const carry = (data: unknown): Promise<unknown> =>
    kafkaCarrier().carry(
      { authorization: 'Bearer x' },
      data,
      (message) => client.emit<unknown>('stock.moved', message),
      (answer) => lastValueFrom(answer, { defaultValue: undefined }),
    );
  await carry({ a: 1 });
  await carry({ key: 'k', value: { a: 1 }, headers: { trace: 't' } });
  expect(client.sent.flatMap(({ messages }) => messages)).toMatchObject([
    { value: '{"a":1}', headers: { authorization: 'Bearer x' } },
    { key: 'k', value: '{"a":1}', headers: { trace: 't', authorization: 'Bearer x' } },
  ]);
  expect(() => carry({ value: 1, headers: { Authorization: 'Bearer mine' } })).toThrow(/attaches the token itself/);
});
