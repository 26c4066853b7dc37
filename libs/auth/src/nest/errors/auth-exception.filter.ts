import { Catch, HttpException, Logger } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { of, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { PropagationError } from '../../propagation/index.js';
import { AuthError } from '../../verification/index.js';
import { wasHandedBack } from '../contexts/handed-back.js';
import { metadataOfMessage, streamCallOf } from '../contexts/rpc/grpc-metadata.js';
import { authProblem, authRpcError } from './auth-problem.js';
import { DownstreamError } from './downstream-error.js';
import { downstreamReason } from './downstream-error.js';
import { grpcError } from './grpc-error.js';
import { LineLimit } from './line-limit.js';

/** Answers refusals on every transport: problem+json over HTTP, `{ status, code, message }` over RPC. */
@Catch(AuthError, DownstreamError)
export class AuthExceptionFilter implements ExceptionFilter<AuthError | DownstreamError> {
  private readonly logger = new Logger(AuthExceptionFilter.name);
  private readonly failures = new LineLimit((what, count) =>
    this.logger.error(`${count} times more within a second: ${what}`),
  );

  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: AuthError | DownstreamError, context: ArgumentsHost): Observable<unknown> | HttpException | undefined {
    if (error instanceof DownstreamError && isForOperator(error) && this.failures.allows(error.message)) {
      this.logger.error(downstreamReason(error));
    }
    switch (context.getType<string>()) {
      case 'http':
        return this.reply(error, context);
      case 'rpc':
        return wasHandedBack(context) ? of(undefined) : refuseMessage(rpcAnswer(error, context), context);
      case 'ws':
        return emit(error, context);
      case 'graphql':
        return asHttpException(error); // takes an error that a filter returns as the resolver's
      default:
        throw asHttpException(error); // would take it for the result
    }
  }

  private reply(error: AuthError | DownstreamError, context: ArgumentsHost): undefined {
    const response: unknown = context.getArgByIndex(1);
    const { httpAdapter } = this.host;
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response); // all that can be done: whoever waits for the rest must not wait forever
      return;
    }
    const { status, headers, body } = authProblem(error);
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    // Whoever gives requests an id says it in this header (libs/platform does): the problem names it too.
    const requestId: unknown = httpAdapter.getHeader(response, 'X-Request-Id');
    httpAdapter.reply(response, typeof requestId === 'string' ? { ...body, requestId } : body, status);
  }
}

/** What broke elsewhere, or is set up wrongly, the caller is not told. (Refusals of callers are the guard's to log.) */
function isForOperator(error: DownstreamError): boolean {
  const { cause } = error;
  return error.getStatus() >= 500 || (cause instanceof PropagationError && cause.code !== 'caller_refused');
}

/** With `extensions`, which GraphQL puts into its answer: without them a refusal would read as a failure of the server. */
function asHttpException(error: AuthError | DownstreamError): HttpException {
  const { status, body } = authProblem(error);
  const exception = new HttpException({ ...body, message: body.detail }, status);
  return Object.assign(exception, { extensions: { code: body.code, status } });
}

/**
 * Nest leaves the answer of a handler with `@GrpcStreamCall()` to the handler, and to nobody what fails before it: that would be an
 * unhandled rejection, which ends the process. So such a call is ended here.
 */
function refuseMessage(answer: object, context: ArgumentsHost): Observable<unknown> {
  const streamed = streamCallOf(context);
  if (streamed === undefined) return throwError(() => answer);
  if (streamed.callback === undefined) streamed.call.emit('error', answer);
  else streamed.callback(answer);
  return of(undefined);
}

/** As `{ status, code, message }`; over gRPC by its own status code, with ours in the metadata. */
function rpcAnswer(error: AuthError | DownstreamError, context: ArgumentsHost): object {
  const answer = authRpcError(error);
  const metadata = metadataOfMessage(context);
  return metadata === undefined ? answer : grpcError(answer, metadata);
}

/** As Nest's own filter for gateways does: an `exception` event. */
function emit(error: AuthError | DownstreamError, context: ArgumentsHost): undefined {
  const client = context.getArgByIndex<{ emit?: (event: string, payload: unknown) => void } | undefined>(0);
  client?.emit?.('exception', authRpcError(error));
}
