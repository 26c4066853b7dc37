import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  AckPolicy,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { connect, headers as natsHeaders, type NatsConnection } from '@nats-io/transport-node';
import { Controller, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { BaseRpcContext, EventPattern, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { AuthModule, CallerContext, type CustomContextAdapter } from '@watchword/auth';
import { userClaims, createTestIssuer, type TestIssuer } from '@watchword/auth/testing';
import { TRANSPORTS, describeOnTransport } from './support/transports.js';

const NATS = TRANSPORTS.filter(({ name }) => name === 'NATS');
const RUN = randomUUID().replaceAll('-', '');
const SUBJECT = `watchword.${RUN}.moved`;

class JetStreamContext extends BaseRpcContext<[JsMsg]> {
  get message(): JsMsg {
    return this.args[0];
  }
}

/** A transport of an application's own: events out of a JetStream stream, each acknowledged when its handler is done. */
class JetStreamStrategy extends Server implements CustomTransportStrategy {
  #messages: ConsumerMessages | undefined;

  constructor(private readonly stream: JetStreamClient) {
    super();
  }

  async listen(callback: () => void): Promise<void> {
    const consumer = await this.stream.consumers.get(`T${RUN}`, 'service');
    this.#messages = await consumer.consume();
    void this.#receive(this.#messages);
    callback();
  }

  async close(): Promise<void> {
    await this.#messages?.close();
  }

  on(): void {}
  unwrap(): never {
    throw new Error('Nobody asks for it here');
  }

  async #receive(messages: ConsumerMessages): Promise<void> {
    for await (const message of messages) {
      const packet = { pattern: SUBJECT, data: message.json<object>() };
      await this.handleEvent(SUBJECT, packet, new JetStreamContext([message]));
      message.ack();
    }
  }
}

const adapter: CustomContextAdapter = {
  handles: (context) => context.getArgByIndex(1) instanceof JetStreamContext,
  request: (context) => context.getArgByIndex<JetStreamContext>(1),
  authorization: (request) => (request as JetStreamContext).message.headers?.values('authorization') ?? [],
  handBack: (context) => {
    // Servers from 2.10.4 on take the reason as well: term(error.code).
    context.getArgByIndex<JetStreamContext>(1).message.term();
    return true;
  },
};

const handled: (string | undefined)[] = [];

@Controller()
class StockController {
  constructor(private readonly callers: CallerContext) {}

  @EventPattern(SUBJECT)
  moved(_data: unknown): void {
    handled.push(this.callers.current()?.verified.subject);
  }
}

for (const transport of NATS) {
  describeOnTransport(transport, () => {
    let connection: NatsConnection;
    let manager: JetStreamManager;
    let stream: JetStreamClient;
    let issuer: TestIssuer;

    beforeAll(async () => {
      issuer = await createTestIssuer();
      connection = await connect({ servers: 'nats://127.0.0.1:4222' });
      manager = await jetstreamManager(connection);
      stream = jetstream(connection);
    });
    beforeEach(async () => {
      handled.splice(0);
      await manager.streams.add({ name: `T${RUN}`, subjects: [SUBJECT], storage: 'memory' });
      await manager.consumers.add(`T${RUN}`, { durable_name: 'service', ack_policy: AckPolicy.Explicit });
    });
    afterEach(() => manager.streams.delete(`T${RUN}`));
    afterAll(() => connection.close());

    async function serve(contexts: readonly CustomContextAdapter[]): Promise<INestApplication> {
      @Module({
        imports: [AuthModule.forRoot({ ...issuer.trusted('stock'), contexts })],
        controllers: [StockController],
      })
      class AppModule {}
      const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
      app.connectMicroservice({ strategy: new JetStreamStrategy(stream) }, { inheritAppConfig: true });
      await app.startAllMicroservices();
      return app;
    }

    async function publish(token?: string): Promise<void> {
      const headers = natsHeaders();
      if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
      await stream.publish(SUBJECT, '{}', { headers });
    }

    /** Waits until the consumer has nothing left to deliver, and nothing to be settled. */
    async function untilSettled(): Promise<void> {
      for (;;) {
        const { num_pending: waiting, num_ack_pending: unsettled } = await manager.consumers.info(`T${RUN}`, 'service');
        if (waiting === 0 && unsettled === 0) return;
      }
    }

    it('refuses every message of a transport that no adapter knows', async () => {
      const app = await serve([]);
      await publish(await issuer.mint(userClaims({ audience: 'stock' })));
      await untilSettled();
      expect(handled).toEqual([]);
      await app.close();
    });

    it('reads the credentials of one that has an adapter, and terminates the messages that it refuses', async () => {
      const terminated: unknown[] = [];
      const advisory = connection.subscribe(`$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.T${RUN}.service`, {
        callback: (_, message) => void terminated.push(message.json()),
      });
      const app = await serve([adapter]);
      await publish();
      await publish(await issuer.mint(userClaims({ audience: 'stock', subject: 'ada' })));
      await publish('forged');
      await untilSettled();
      while (terminated.length < 2) {
        await nextTurn();
      }
      expect(handled).toEqual(['ada']);
      expect(terminated).toMatchObject([{ stream_seq: 1 }, { stream_seq: 3 }]);
      advisory.unsubscribe();
      await app.close();
    });
  });
}
