import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  Ctx,
  EventPattern,
  MessagePattern,
  Payload,
  RmqRecordBuilder,
  Transport,
  type ClientProxy,
  type RmqContext,
} from '@nestjs/microservices';
import { AuthError, AuthModule, type RevocationCheck } from '@watchword/auth';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import amqp from 'amqplib';
import { lastValueFrom } from 'rxjs';
import { TRANSPORTS, describeOnTransport } from './support/transports.js';

const SERVER = 'amqp://127.0.0.1:5672';
const RABBITMQ = TRANSPORTS.filter(({ name }) => name === 'RabbitMQ');

const handled: unknown[] = [];

/** For so many looks it is not known what is revoked, as where the issuer was not heard. */
let unknownFor = 0;
const revocations: RevocationCheck = {
  isRevoked: () => {
    unknownFor -= 1;
    if (unknownFor >= 0) throw new AuthError('revocations_unknown');
    return false;
  },
};

/** Acknowledges by itself, as `noAck: false` demands. */
function acknowledge(context: RmqContext): void {
  const channel = context.getChannelRef() as amqp.Channel;
  channel.ack(context.getMessage() as amqp.Message);
}

@Controller()
class StockController {
  @EventPattern('moved')
  moved(@Payload() data: unknown, @Ctx() context: unknown): void {
    handled.push(data);
    acknowledge(context as RmqContext);
  }

  @MessagePattern('count')
  count(@Ctx() context: RmqContext): number {
    acknowledge(context);
    return 1;
  }
}

for (const transport of RABBITMQ) {
  describeOnTransport(transport, () => {
    const queue = `watchword-test-${randomUUID()}`;
    const deadLetters = `${queue}-dead`;
    const queueOptions = {
      durable: false,
      arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': deadLetters, 'x-expires': 60_000 },
    };
    let issuer: TestIssuer;
    let connection: amqp.ChannelModel;
    let channel: amqp.Channel;
    let app: INestApplication;
    let client: ClientProxy;

    beforeAll(async () => {
      issuer = await createTestIssuer();
      connection = await amqp.connect(SERVER);
      channel = await connection.createChannel();
      await channel.assertQueue(deadLetters, { durable: false, arguments: { 'x-expires': 60_000 } });
      @Module({
        imports: [AuthModule.forRoot({ ...issuer.trusted('stock'), revocations })],
        controllers: [StockController],
      })
      class AppModule {}
      app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
      app.connectMicroservice(
        // One message at a time: what is not settled keeps all others out.
        { transport: Transport.RMQ, options: { urls: [SERVER], queue, queueOptions, noAck: false, prefetchCount: 1 } },
        { inheritAppConfig: true },
      );
      await app.startAllMicroservices();
      client = ClientProxyFactory.create({
        transport: Transport.RMQ,
        options: { urls: [SERVER], queue, queueOptions },
      });
    }, 30_000);

    afterAll(async () => {
      await client.close();
      await app.close();
      await channel.deleteQueue(queue);
      await channel.deleteQueue(deadLetters);
      await connection.close();
    });

    const record = (data: object, token?: string): unknown =>
      new RmqRecordBuilder(data)
        .setOptions({ headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
        .build();

    const emit = (data: object, token?: string): Promise<unknown> =>
      lastValueFrom(client.emit('moved', record(data, token)), { defaultValue: undefined });

    async function deadLettersOnce(count: number): Promise<string[]> {
      const found: string[] = [];
      while (found.length < count) {
        const message = await channel.get(deadLetters, { noAck: true });
        if (message === false) continue;
        const { data } = JSON.parse(message.content.toString()) as { data: { of: string } };
        found.push(data.of);
      }
      return found;
    }

    it('a refused event goes to the dead-letter queue, and those behind it are handled', async () => {
      const expired = await issuer.mint({
        ...userClaims({ audience: 'stock' }),
        iat: 1_000_000_000,
        exp: 1_000_000_300,
      });
      await emit({ of: 'nobody' });
      await emit({ of: 'a latecomer' }, expired);
      await emit({ of: 'ada' }, await issuer.mint(userClaims({ audience: 'stock' })));
      await expect(deadLettersOnce(2)).resolves.toEqual(['nobody', 'a latecomer']);
      while (handled.length === 0) {
        await nextTurn();
      }
      expect(handled).toEqual([{ of: 'ada' }]);
    });

    it('a refused event that may be good a moment later stays in the queue', async () => {
      handled.splice(0);
      unknownFor = 3;
      await emit({ of: 'bob' }, await issuer.mint(userClaims({ audience: 'stock' })));
      while (handled.length === 0) {
        await nextTurn();
      }
      expect(handled).toEqual([{ of: 'bob' }]);
      await expect(channel.get(deadLetters, { noAck: true })).resolves.toBe(false);
    });

    it('a refused request is answered, and is no dead letter', async () => {
      for (let round = 0; round < 3; round += 1) {
        await expect(lastValueFrom(client.send('count', record({})))).rejects.toMatchObject({ status: 401 });
      }
      const good = await issuer.mint(userClaims({ audience: 'stock' }));
      await expect(lastValueFrom(client.send('count', record({}, good)))).resolves.toBe(1);
      await expect(channel.get(deadLetters, { noAck: true })).resolves.toBe(false);
    });
  });
}
