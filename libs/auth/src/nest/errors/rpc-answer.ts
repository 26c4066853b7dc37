import type { ArgumentsHost } from '@nestjs/common';
import { of, throwError, type Observable } from 'rxjs';
import type { AuthError } from '../../verification/index.js';
import { metadataOfMessage, streamCallOf } from '../contexts/rpc/grpc-metadata.js';
import { authRpcError } from './auth-problem.js';
import type { DownstreamError } from './downstream-error.js';
import { grpcError } from './grpc-error.js';

/**
 * A handler with `@GrpcStreamCall()` answers its call itself. Nest does not handle an error that is thrown before it: that would be
 * an unhandled rejection, which ends the process. So such a call is ended here.
 */
export function refuseMessage(error: AuthError | DownstreamError, context: ArgumentsHost): Observable<unknown> {
  const answer = rpcAnswer(error, context);
  const streamed = streamCallOf(context);
  if (streamed === undefined) return throwError(() => answer);
  if (streamed.callback === undefined) streamed.call.emit('error', answer);
  else streamed.callback(answer);
  return of(undefined);
}

/** A refusal as `{ status, code, message }`; over gRPC with a gRPC status code, and our code in the metadata. */
function rpcAnswer(error: AuthError | DownstreamError, context: ArgumentsHost): object {
  const answer = authRpcError(error);
  const metadata = metadataOfMessage(context);
  return metadata === undefined ? answer : grpcError(answer, metadata);
}
