import type { ErrorRequestHandler } from 'express';
import { ProblemError } from '../errors/problem-error.js';

/** The `type` of an error of body-parser (see its section "Errors"), and the response to the caller. */
const KNOWN: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  'entity.too.large': [413, 'payload_too_large', 'The body is larger than this service accepts'],
  'encoding.unsupported': [415, 'unsupported_media_type', 'The content encoding is not supported'],
  'request.aborted': [400, 'malformed_body', 'The body is incomplete'],
  'request.size.invalid': [400, 'malformed_body', 'The body is not as long as Content-Length says'],
};

/** For errors of zlib. */
const BROKEN_ENCODING = [400, 'malformed_body', 'The body is not encoded as Content-Encoding says'] as const;

/** Translates the errors of the body parser. Add it after the body parser. */
export function bodyErrors(): ErrorRequestHandler {
  return (error: unknown, _request, _response, next) => {
    const { type, code } = error instanceof Error ? (error as { type?: unknown; code?: unknown }) : {};
    const broken =
      typeof code === 'string' && /^Z_|^ZSTD_|^ERR_(BROTLI|_ERROR_)/.test(code) ? BROKEN_ENCODING : undefined;
    const known = typeof type === 'string' ? KNOWN[type] : broken;
    next(known === undefined ? error : new ProblemError(...known));
  };
}
