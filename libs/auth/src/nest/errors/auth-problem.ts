import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { AuthError, publicError } from '../../verification/index.js';
import { challenge } from './challenge.js';
import type { DownstreamError } from './downstream-error.js';

/** An HTTP response: `application/problem+json` (RFC 9457) with a stable `code`. */
export interface AuthProblem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly type: 'about:blank';
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly code: string;
  };
}

/** An RPC error response. */
export interface RpcError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The HTTP response to a refused caller. It does not contain the private reason.
 *
 * @example
 * ```ts
 * import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
 * import { HttpAdapterHost } from '@nestjs/core';
 * import { AuthError, authProblem } from '@watchword/auth';
 *
 * // A filter of your own for everything answers a refusal as the library does.
 * @Catch()
 * export class EverythingFilter implements ExceptionFilter {
 *   constructor(private readonly host: HttpAdapterHost) {}
 *
 *   catch(error: unknown, context: ArgumentsHost): void {
 *     const { httpAdapter } = this.host;
 *     const response: unknown = context.switchToHttp().getResponse();
 *     if (!(error instanceof AuthError)) return httpAdapter.reply(response, { detail: 'Internal error' }, 500);
 *     const { status, headers, body } = authProblem(error);
 *     for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
 *     httpAdapter.reply(response, body, status);
 *   }
 * }
 * ```
 */
export function authProblem(error: AuthError | DownstreamError): AuthProblem {
  const { status, code, message } = authRpcError(error);
  const extra = error instanceof AuthError ? challenge(status, code, publicError(error).scope) : error.headers;
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store', ...extra },
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: message, code },
  };
}

/**
 * The RPC response to a refused caller. It does not contain the private reason.
 *
 * @example
 * ```ts
 * import { Catch, type ExceptionFilter } from '@nestjs/common';
 * import { AuthError, authRpcError } from '@watchword/auth';
 * import { throwError } from 'rxjs';
 *
 * // A filter of your own for message handlers.
 * @Catch(AuthError)
 * export class RefusedMessageFilter implements ExceptionFilter<AuthError> {
 *   catch(error: AuthError) {
 *     return throwError(() => authRpcError(error));
 *   }
 * }
 * ```
 */
export function authRpcError(error: AuthError | DownstreamError): RpcError {
  if (error instanceof AuthError) {
    const { status, code, message } = publicError(error);
    return { status, code, message };
  }
  return { status: error.getStatus(), code: error.code, message: error.message };
}

/** @internal For Nest's own error handling. Has `extensions`, which GraphQL puts into its response: without them a refusal would look like a server error. */
export function asHttpException(error: AuthError | DownstreamError): HttpException {
  const { status, body } = authProblem(error);
  const exception = new HttpException({ ...body, message: body.detail }, status);
  return Object.assign(exception, { extensions: { code: body.code, status } });
}
