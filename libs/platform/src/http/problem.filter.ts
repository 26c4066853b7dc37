import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import type { Response } from 'express';
import { throwError, type Observable } from 'rxjs';
import { currentRequestId } from '../logging/request-context.js';
import { problemOf, titleOf, type Problem } from '../errors/problem.js';

/** The response to a refused RPC call. */
export interface RpcProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly errors?: Problem['errors'];
}

/**
 * Answers every error that no other filter handles: over HTTP with a problem document (RFC 9457), over RPC with
 * `{ status, code, message }`. An unexpected error is logged completely, and the caller sees no details.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  catch(error: unknown, host: ArgumentsHost): Observable<never> | void {
    const problem = problemOf(error);
    if (problem.status >= 500) this.log(error, problem);
    if (host.getType() !== 'http') return throwError(() => payloadOf(error, problem));
    respond(host.switchToHttp().getResponse<Response>(), problem);
  }

  private log(error: unknown, { status, code }: Problem): void {
    this.logger.error('Request failed', { status, code }, error instanceof Error ? error : new Error(String(error)));
  }
}

/** Sends a problem document, or aborts a response that was already started. */
export function respond(response: Response, { status, code, detail, errors, headers }: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const requestId = currentRequestId();
  response
    .status(status)
    .set({ ...headers, 'Cache-Control': 'no-store' })
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: titleOf(status),
        status,
        code,
        ...(detail === undefined ? {} : { detail }),
        ...(errors === undefined ? {} : { errors }),
        ...(requestId === undefined ? {} : { requestId }),
      }),
    );
}

/** The payload of an RpcException in the form of {@link RpcProblem} is sent unchanged. */
function payloadOf(error: unknown, { status, code, detail, errors }: Problem): unknown {
  if (error instanceof RpcException && isRpcProblem(error.getError())) return error.getError();
  return { status, code, message: detail ?? titleOf(status), ...(errors === undefined ? {} : { errors }) };
}

function isRpcProblem(value: unknown): value is RpcProblem {
  return typeof value === 'object' && value !== null && 'status' in value && 'code' in value && 'message' in value;
}
