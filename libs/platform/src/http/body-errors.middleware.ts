import type { ErrorRequestHandler } from 'express';
import { ProblemError } from '../errors/problem-error.js';

/** The body parser's `type` of an error (body-parser, "Errors") and what its caller is told. */
const KNOWN: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  'entity.too.large': [413, 'payload_too_large', 'The body is larger than this service takes'],
  'encoding.unsupported': [415, 'unsupported_media_type', 'The content encoding is not supported'],
  'request.aborted': [400, 'malformed_body', 'The body ended before its time'],
  'request.size.invalid': [400, 'malformed_body', 'The body is not as long as Content-Length says'],
};

/** Errors of zlib, in zlib's words. */
const BROKEN_ENCODING = [400, 'malformed_body', 'The body is not encoded as Content-Encoding says'] as const;

/** Stands behind what reads the body, and puts our own words in the place of its errors. */
export function bodyErrors(): ErrorRequestHandler {
  return (error: unknown, _request, _response, next) => {
    const { type, code } = error instanceof Error ? (error as { type?: unknown; code?: unknown }) : {};
    const broken =
      typeof code === 'string' && /^Z_|^ZSTD_|^ERR_(BROTLI|_ERROR_)/.test(code) ? BROKEN_ENCODING : undefined;
    const known = typeof type === 'string' ? KNOWN[type] : broken;
    next(known === undefined ? error : new ProblemError(...known));
  };
}
