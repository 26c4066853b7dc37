import type { RpcError } from './auth-problem.js';
import { GRPC_ERROR_CODE, grpcStatus } from './grpc-status.js';

/** The part of a call's metadata that makes more of its kind, so that @grpc/grpc-js is not imported. */
interface GrpcMetadata {
  readonly constructor: new () => { set(name: string, value: string): void };
}

/** What @grpc/grpc-js sends when a handler fails with it. */
export interface GrpcError {
  readonly code: number;
  readonly details: string;
  readonly message: string;
  readonly metadata: object;
}

/** A refusal as gRPC says it. @param ofCall the metadata of the call that is refused */
export function grpcError({ status, code, message }: RpcError, ofCall: object): GrpcError {
  const metadata = new (ofCall as GrpcMetadata).constructor();
  metadata.set(GRPC_ERROR_CODE, code);
  return { code: grpcStatus(status), details: message, message, metadata };
}
