import { Catch, Logger, type ArgumentsHost, type ExceptionFilter, type HttpException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { of, type Observable } from 'rxjs';
import { PropagationError } from '../../propagation/index.js';
import { AuthError } from '../../verification/index.js';
import { sendTo, type SocketClient } from '../ws/socket-client.js';
import { wasHandedBack } from '../contexts/handed-back.js';
import { asHttpException, authProblem, authRpcError } from './auth-problem.js';
import { DownstreamError, downstreamReason } from './downstream-error.js';
import { LineLimit } from './line-limit.js';
import { refuseMessage } from './rpc-answer.js';

/**
 * Answers refusals on every transport: problem+json over HTTP, `{ status, code, message }` over RPC.
 *
 * @example
 * ```ts
 * import { UseFilters } from '@nestjs/common';
 * import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
 * import { AuthExceptionFilter, Roles } from '@watchword/auth';
 *
 * // `AuthModule` registers the filter globally. Nest applies no global filter to gateways.
 * @WebSocketGateway()
 * @UseFilters(AuthExceptionFilter)
 * export class ParcelsGateway {
 *   @SubscribeMessage('parcels')
 *   @Roles('clerk')
 *   parcels() {
 *     return { event: 'parcels', data: [] };
 *   }
 * }
 * ```
 */
@Catch(AuthError, DownstreamError)
export class AuthExceptionFilter implements ExceptionFilter<AuthError | DownstreamError> {
  private readonly logger = new Logger(AuthExceptionFilter.name);
  private readonly failures = new LineLimit((what, count) =>
    this.logger.error(`${count} more times within a second: ${what}`),
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
        return wasHandedBack(context) ? of(undefined) : refuseMessage(error, context);
      case 'ws':
        sendTo(context.getArgByIndex<SocketClient>(0), 'exception', authRpcError(error));
        return undefined;
      case 'graphql':
        return asHttpException(error); // GraphQL treats a returned error as the error of the resolver
      default:
        throw asHttpException(error); // a returned error would be the result
    }
  }

  private reply(error: AuthError | DownstreamError, context: ArgumentsHost): undefined {
    const response: unknown = context.getArgByIndex(1);
    const { httpAdapter } = this.host;
    if (httpAdapter.isHeadersSent(response)) {
      httpAdapter.end(response); // the status is already sent; at least end the response
      return;
    }
    const { status, headers, body } = authProblem(error);
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    // If the application sets a request id in this header, as libs/platform does, it is also in the problem document.
    const requestId: unknown = httpAdapter.getHeader(response, 'X-Request-Id');
    httpAdapter.reply(response, typeof requestId === 'string' ? { ...body, requestId } : body, status);
  }
}

/** Failures of other services and configuration errors are not shown to the caller, so they are logged. (The guard logs refusals of callers.) */
function isForOperator(error: DownstreamError): boolean {
  const { cause } = error;
  return error.getStatus() >= 500 || (cause instanceof PropagationError && cause.code !== 'caller_refused');
}
