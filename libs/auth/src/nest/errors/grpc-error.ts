import type { RpcError } from './auth-problem.js';
import { GRPC_ERROR_CODE, grpcStatus } from './grpc-status.js';

/** The metadata of a call. Its constructor creates the metadata of the response, so that @grpc/grpc-js is not imported. */
interface GrpcMetadata {
  readonly constructor: new () => { set(name: string, value: string): void };
}

/** An error that @grpc/grpc-js sends when a handler fails with it. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
  readonly message: string;
  readonly metadata: object;
}

/** A refusal as a gRPC error. @param ofCall the metadata of the refused call */
export function grpcError({ status, code, message }: RpcError, ofCall: object): GrpcError {
  const metadata = new (ofCall as GrpcMetadata).constructor();
  metadata.set(GRPC_ERROR_CODE, code);
  return { code: grpcStatus(status), details: message, message, metadata };
}
