import { AuthError } from '../../../verification/index.js';
import { hasMethods } from './message-transport.js';
import type { MessageTransport } from './message-transport.js';

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

/** @internal The metadata of a call; undefined for what is none. */
export function metadataOfCall(call: unknown): object | undefined {
  const metadata = (call as { readonly metadata?: unknown } | null | undefined)?.metadata;
  return typeof metadata === 'object' && metadata !== null && isGrpcMetadata(metadata) ? metadata : undefined;
}

function isGrpcMetadata(value: object): boolean {
  return hasMethods(value, 'get', 'getMap', 'toHttp2Headers');
}
