import {
  ClientProxyFactory,
  Transport,
  type ClientKafka,
  type ClientOptions,
  type MqttOptions,
} from '@nestjs/microservices';
import type { RpcConnection } from './auth-rpc-client.js';
import { amqpCarrier } from './carriers/amqp-carrier.js';
import { kafkaCarrier } from './carriers/kafka-carrier.js';
import type { MessageCarrier, RpcSender } from './carriers/message-carrier.js';
import { metadataCarrier } from './carriers/metadata-carrier.js';
import { mqttCarrier } from './carriers/mqtt-carrier.js';
import { natsCarrier } from './carriers/nats-carrier.js';
import type { RpcServiceOptions } from './client-options.js';
import { StrictTcpClient } from './strict-tcp-client.js';

/** Its CONNECT packet says this for MQTT 5 (MQTT 5.0 §3.1.2.2). */
const MQTT_5 = 5;

/**
 * Makes Nest's client for a service, and what carries a token over it.
 *
 * @throws TypeError for a transport that carries no headers
 */
export async function openRpcConnection(service: RpcServiceOptions): Promise<RpcConnection> {
  const { name, replies } = service;
  // Typed by number and object, so that the types do not need @nestjs/microservices.
  const nestOptions = service as unknown as ClientOptions;
  const client = clientOf(name, nestOptions);
  if (nestOptions.transport === Transport.KAFKA) {
    for (const pattern of replies ?? []) (client as RpcSender & ClientKafka).subscribeToResponseOf(pattern);
  }
  return { client, carrier: await carrierOf(name, service.transport, client) };
}

function clientOf(name: string, service: ClientOptions): RpcSender {
  if (service.transport === Transport.TCP) return new StrictTcpClient(service.options ?? {});
  if (service.transport !== Transport.MQTT) return ClientProxyFactory.create(service);
  return ClientProxyFactory.create({ transport: Transport.MQTT, options: mqtt5(name, service.options) });
}

function mqtt5(name: string, options: MqttOptions['options'] = {}): NonNullable<MqttOptions['options']> {
  const { protocolVersion = MQTT_5 } = options;
  if (protocolVersion === MQTT_5) return { ...options, protocolVersion };
  throw new TypeError(
    `AuthClientsModule: the client ${name} speaks MQTT ${protocolVersion}, which has no place for a token. Use MQTT 5: { protocolVersion: 5 }.`,
  );
}

async function carrierOf(name: string, transport: number, client: RpcSender): Promise<MessageCarrier> {
  const carrier = await CARRIERS.get(transport)?.(client);
  if (carrier !== undefined) return carrier;
  throw new TypeError(
    `AuthClientsModule: the client ${name} has a transport that no token can be carried over. For gRPC use \`grpc\`.`,
  );
}

const CARRIERS = new Map<number, (client: RpcSender) => MessageCarrier | Promise<MessageCarrier>>([
  [Transport.TCP, metadataCarrier],
  [Transport.REDIS, metadataCarrier],
  [Transport.NATS, natsCarrier],
  [Transport.RMQ, amqpCarrier],
  [Transport.MQTT, mqttCarrier],
  [Transport.KAFKA, kafkaCarrier],
]);
