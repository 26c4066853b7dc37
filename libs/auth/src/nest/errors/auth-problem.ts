import { STATUS_CODES } from 'node:http';
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

/** The HTTP response to a refused caller. It does not contain the private reason. */
export function authProblem(error: AuthError | DownstreamError): AuthProblem {
  const { status, code, message } = authRpcError(error);
  const extra = error instanceof AuthError ? challenge(status, code, publicError(error).scope) : error.headers;
  return {
    status,
    headers: { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store', ...extra },
    body: { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: message, code },
  };
}

/** The RPC response to a refused caller. It does not contain the private reason. */
export function authRpcError(error: AuthError | DownstreamError): RpcError {
  if (error instanceof AuthError) {
    const { status, code, message } = publicError(error);
    return { status, code, message };
  }
  return { status: error.getStatus(), code: error.code, message: error.message };
}
