import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { headers as natsHeaders } from '@nats-io/transport-node';
import {
  ClientProxyFactory,
  MqttRecordBuilder,
  NatsRecordBuilder,
  RmqRecordBuilder,
  Transport,
  type ClientProxy,
  type CustomClientOptions,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import type { RpcServiceOptions } from '@watchword/auth/clients';
import { freePort } from './free-port.js';

/** Headers in the order in which they are sent; names may repeat. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** A transport of Nest's as its own client and server speak it, with headers that nobody checks on the way. */
export interface TestTransport {
  readonly name: string;
  /** Undefined where it needs no broker. */
  readonly broker?: number;
  /** Whether a message can hold two headers of one name. */
  readonly repeats?: boolean;
  /** Options of a server, and of the clients that reach it. Nobody else uses its queue. */
  open(): Promise<Line>;
}

export interface Line {
  readonly server: MicroserviceOptions;
  /** For `AuthClientsModule`. */
  readonly service: Omit<RpcServiceOptions, 'name' | 'audience'>;
  /** Nest's client, without the library. */
  client(): ClientProxy;
  /** Sends data with these headers through that client. */
  withHeaders(client: ClientProxy, data: object, headers: RawHeaders): unknown;
}

const LOCAL = '127.0.0.1';

const asMetadata = (client: ClientProxy, data: object, headers: RawHeaders): unknown => {
  client.setOnDispatchHook((packet) => {
    packet.metadata = Object.fromEntries(headers);
  });
  return data;
};

/** Values of a name that is there more than once become a list, as these protocols' clients write it. */
function grouped(headers: RawHeaders): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(
    [...values].map(([name, [first = '', ...more]]) => [name, more.length > 0 ? [first, ...more] : first]),
  );
}

function line(
  server: MicroserviceOptions & { transport: Transport },
  service: Line['service'],
  withHeaders: Line['withHeaders'],
): Line {
  return {
    server,
    service,
    client: () => ClientProxyFactory.create(service as unknown as CustomClientOptions),
    withHeaders,
  };
}

export const TRANSPORTS: readonly TestTransport[] = [
  {
    name: 'TCP',
    async open() {
      const options = { host: LOCAL, port: await freePort() };
      return line({ transport: Transport.TCP, options }, { transport: Transport.TCP, options }, asMetadata);
    },
  },
  {
    name: 'Redis',
    broker: 6379,
    async open() {
      const options = { host: LOCAL, port: 6379 };
      return line({ transport: Transport.REDIS, options }, { transport: Transport.REDIS, options }, asMetadata);
    },
  },
  {
    name: 'NATS',
    repeats: true,
    broker: 4222,
    async open() {
      const options = { servers: [`nats://${LOCAL}:4222`] };
      return line(
        { transport: Transport.NATS, options },
        { transport: Transport.NATS, options },
        (_, data, headers) => {
          const all = natsHeaders();
          for (const [name, value] of headers) all.append(name, value);
          return new NatsRecordBuilder(data).setHeaders(all).build();
        },
      );
    },
  },
  {
    name: 'RabbitMQ',
    repeats: true,
    broker: 5672,
    async open() {
      const queue = `watchword-test-${randomUUID()}`;
      const options = { urls: [`amqp://${LOCAL}:5672`], queue, queueOptions: { durable: false, autoDelete: true } };
      return line({ transport: Transport.RMQ, options }, { transport: Transport.RMQ, options }, (_, data, headers) =>
        new RmqRecordBuilder(data).setOptions({ headers: grouped(headers) as Record<string, string> }).build(),
      );
    },
  },
  {
    name: 'MQTT 5',
    repeats: true,
    broker: 1883,
    async open() {
      const options = { url: `mqtt://${LOCAL}:1883`, protocolVersion: 5 as const };
      return line({ transport: Transport.MQTT, options }, { transport: Transport.MQTT, options }, (_, data, headers) =>
        // mqtt.js delivers no message with an empty list of them.
        headers.length === 0
          ? data
          : new MqttRecordBuilder(data).setProperties({ userProperties: grouped(headers) }).build(),
      );
    },
  },
];

/** Why nothing listens on that port of this machine; undefined where something does. */
function unreachable(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, LOCAL, () => {
      socket.destroy();
      resolve(undefined);
    }).on('error', (error) => resolve(error.message));
  });
}

const reasons = new Map<number, string | undefined>();
for (const { broker } of TRANSPORTS) {
  if (broker !== undefined) reasons.set(broker, await unreachable(broker));
}

/** `describe` for what needs a broker. Where it is not there, the tests are skipped and the title says why. */
export function describeOnTransport({ name, broker }: TestTransport, body: () => void): void {
  const reason = broker === undefined ? undefined : reasons.get(broker);
  if (reason === undefined) describe(`over ${name}`, body);
  else describe.skip(`over ${name} (skipped: no broker on port ${broker}: ${reason})`, body);
}
