import type { EventEmitter } from 'node:events';
import type { ArgumentsHost } from '@nestjs/common';
import { AuthError } from '../../../verification/index.js';
import { hasMethods, type MessageTransport } from './message-transport.js';

/** The part of a call's metadata that is read here (`Metadata` of @grpc/grpc-js). Names are lower case on the wire. */
interface GrpcMetadata {
  get(name: string): readonly unknown[];
}

/** gRPC: the metadata of the call, unary or streamed. It stands for the call: each has one of its own. */
export const grpcMetadata: MessageTransport = {
  handles: isGrpcMetadata,

  authorization(metadata) {
    const values = (metadata as GrpcMetadata).get('authorization');
    if (values.every((value) => typeof value === 'string')) return values;
    throw new AuthError('credentials_malformed', { reason: 'the authorization metadata is not text' });
  },
};

/** @internal The metadata of a call; undefined for any other value. */
export function metadataOfCall(call: unknown): object | undefined {
  const metadata = (call as { readonly metadata?: unknown } | null | undefined)?.metadata;
  return typeof metadata === 'object' && metadata !== null && isGrpcMetadata(metadata) ? metadata : undefined;
}

/**
 * @internal The metadata of the gRPC call that a handler was called for; undefined for another transport's message. A handler with
 * `@GrpcStreamCall()` gets the call alone, or the call and a callback; all others get data, metadata and the call.
 */
export function metadataOfMessage(context: ArgumentsHost): object | undefined {
  const second: unknown = context.getArgByIndex(1);
  if (typeof second === 'object' && second !== null) return isGrpcMetadata(second) ? second : undefined;
  return metadataOfCall(context.getArgByIndex(0));
}

/** @internal A call whose handler has `@GrpcStreamCall()`, and the callback where it is answered once. */
export interface GrpcStreamCall {
  readonly call: Pick<EventEmitter, 'emit' | 'once'>;
  readonly callback: ((error: object) => void) | undefined;
}

/** @internal Undefined for every other kind of message. */
export function streamCallOf(context: ArgumentsHost): GrpcStreamCall | undefined {
  const [call, callback] = context.getArgs<unknown[]>();
  if (metadataOfCall(call) === undefined) return undefined;
  return { call: call as GrpcStreamCall['call'], callback: callback as GrpcStreamCall['callback'] };
}

/** @internal The call of a handler to which the client streams; undefined for every other message. */
export function streamedCallOf(context: ArgumentsHost): EventEmitter | undefined {
  const [first, metadata, call] = context.getArgs<unknown[]>();
  if (metadataOfCall(first) !== undefined) return first as EventEmitter;
  const isStreamed = typeof (first as { readonly subscribe?: unknown } | undefined)?.subscribe === 'function';
  return isStreamed && metadataOfCall(call) === metadata ? (call as EventEmitter) : undefined;
}

function isGrpcMetadata(value: object): boolean {
  return hasMethods(value, 'get', 'getMap', 'toHttp2Headers');
}
