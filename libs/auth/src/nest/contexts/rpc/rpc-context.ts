import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';
import { AuthError, publicError } from '../../../verification/index.js';
import { handlesEvents } from '../../boot/nest-metadata.js';
import type { ContextAdapter } from '../context-adapter.js';
import { amqpHeaders } from './amqp-headers.js';
import { grpcMetadata, metadataOfCall, metadataOfMessage, streamedCallOf } from './grpc-metadata.js';
import { kafkaHeaders } from './kafka-headers.js';
import type { MessageTransport } from './message-transport.js';
import { mqttUserProperties } from './mqtt-user-properties.js';
import { natsHeaders } from './nats-headers.js';
import { packetMetadata } from './packet-metadata.js';

const TRANSPORTS: readonly MessageTransport[] = [
  packetMetadata,
  natsHeaders,
  amqpHeaders,
  mqttUserProperties,
  kafkaHeaders,
  grpcMetadata,
];

/** Every transport of @nestjs/microservices: TCP, Redis, NATS, RabbitMQ, MQTT 5, Kafka and gRPC. */
export const rpcContext: ContextAdapter = {
  request: (context: ExecutionContext) => requestOfMessage(context) ?? unsupported(),

  events: streamedCallOf,

  authorization: (message) => (transportOf(message) ?? unsupported()).authorization(message),

  handBack(context, error) {
    const message = rpcContext.request(context);
    const isEvent = handlesEvents(context.getHandler());
    const isTemporary = publicError(error).status === 503;
    return transportOf(message)?.handBack?.(message, { code: error.code, isEvent, isTemporary }) ?? false;
  },
};

/** @internal What stands for a message, out of the arguments of its handler. */
export function requestOfMessage(context: ArgumentsHost): object | undefined {
  const message: unknown = metadataOfMessage(context) ?? context.getArgByIndex(1);
  return typeof message === 'object' && message !== null ? message : undefined;
}

/**
 * @internal What stands for a message, out of what Nest's server gives to its hooks: the same object that {@link rpcContext}, or the
 * adapter of a custom transport, finds in the handler's context.
 */
export function messageOf(hookContext: unknown): object | undefined {
  if (typeof hookContext !== 'object' || hookContext === null) return undefined;
  return metadataOfCall(hookContext) ?? hookContext;
}

function transportOf(message: object): MessageTransport | undefined {
  return TRANSPORTS.find((transport) => transport.handles(message));
}

function unsupported(): never {
  throw new AuthError('context_unsupported', { reason: 'no adapter for this transport' });
}
