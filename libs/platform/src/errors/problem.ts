import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { isDatabaseUnavailable } from './database-error.js';
import { ProblemError, type FieldError } from './problem-error.js';
import { Refusal, type RefusalKind } from './refusal.js';

/** The part of an error that a caller may see, on any transport. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  /** Undefined if the status says everything. */
  readonly detail: string | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'authentication_required',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  410: 'gone',
  412: 'precondition_failed',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  422: 'unprocessable',
  429: 'rate_limited',
  500: 'internal_error',
  501: 'not_implemented',
  502: 'bad_gateway',
  503: 'temporarily_unavailable',
  504: 'gateway_timeout',
};

/** The status of each kind of refusal, over HTTP (RFC 9110 §15) as over RPC. */
const STATUS: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  unprocessable: 422,
  'too-many': 429,
  failed: 502,
  unavailable: 503,
};

/** Nest's message for an unknown route contains the path with its query. */
const UNKNOWN_ROUTE = /^Cannot [A-Z]+ \/[^]*$/;
/** Distinguishes an unknown route from a resource that does not exist. */
const NO_ROUTE = 'There is no route for this method and path';

const INTERNAL: Problem = {
  status: 500,
  code: 'internal_error',
  detail: 'An unexpected error occurred; it was logged with the request id',
  errors: undefined,
  headers: undefined,
};

/** An unavailable database does not make the request invalid. */
const UNAVAILABLE: Problem = {
  status: 503,
  code: 'temporarily_unavailable',
  detail: 'This service cannot answer right now',
  errors: undefined,
  headers: { 'Retry-After': '5' },
};

/** The part of any error that a caller may see. Unexpected errors have no details. A temporary error says when to try again. */
export function problemOf(error: unknown): Problem {
  const problem = publicSideOf(error);
  return problem.status === UNAVAILABLE.status && problem.headers === undefined
    ? { ...problem, headers: UNAVAILABLE.headers }
    : problem;
}

function publicSideOf(error: unknown): Problem {
  if (error instanceof Refusal) return ofRefusal(error);
  if (error instanceof ProblemError) {
    const { status, code, message, errors, headers } = error;
    return { status, code, detail: message, errors, headers };
  }
  if (error instanceof HttpException) return ofHttpException(error);
  if (isDatabaseUnavailable(error)) return UNAVAILABLE;
  return ofHttpError(error) ?? INTERNAL;
}

function ofRefusal({ kind, code, message, errors, retryAfterMs }: Refusal): Problem {
  const headers = retryAfterMs === undefined ? undefined : { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) };
  return { status: STATUS[kind], code, detail: message, errors, headers };
}

/** The title of a status (RFC 9110 §15). */
export function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error';
}

/** Keeps `code` and `errors` of the body of another service, and its message unless that is the title of the status. */
function ofHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  const body = error.getResponse();
  const fields = typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const text = typeof body === 'string' ? body : (fields['detail'] ?? fields['message']);
  const code = fields['code'];
  return {
    status,
    code: typeof code === 'string' ? code : codeOf(status),
    detail: typeof text === 'string' && text !== titleOf(status) ? text.replace(UNKNOWN_ROUTE, NO_ROUTE) : undefined,
    errors: isFieldErrors(fields['errors']) ? fields['errors'] : undefined,
    headers: undefined,
  };
}

/** Errors of Express. http-errors creates them, and marks whether the message may be shown. */
function ofHttpError(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const { status, expose } = error as { status?: unknown; expose?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const detail = expose === true ? error.message : undefined;
  return { status, code: codeOf(status), detail, errors: undefined, headers: undefined };
}

const codeOf = (status: number): string => CODES[status] ?? (status < 500 ? 'bad_request' : 'internal_error');

function isFieldErrors(value: unknown): value is readonly FieldError[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof (entry as FieldError).field === 'string' &&
        typeof (entry as FieldError).message === 'string',
    )
  );
}
