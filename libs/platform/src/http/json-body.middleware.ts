import type { RequestHandler } from 'express';
import { parseStrictJson } from '@watchword/auth';
import { ProblemError } from '../errors/problem-error.js';

/** The media type that {@link jsonBody} reads; Express's `raw` parser provides the bytes. */
export const JSON_BODY = 'application/json';

/**
 * Parses a JSON body strictly, so that it has one meaning only: no duplicate members, at most 32 levels, no text that a database
 * cannot store. Express's own JSON parser does not check this.
 *
 * @throws ProblemError 400 `malformed_body`, 415 for a charset other than UTF-8 (RFC 8259 §8.1)
 */
export function jsonBody(): RequestHandler {
  return (request, _response, next) => {
    const bytes: unknown = request.body;
    if (Buffer.isBuffer(bytes)) request.body = parse(bytes, request.headers['content-type']);
    next();
  };
}

function parse(bytes: Buffer, contentType = ''): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType)?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
    throw new ProblemError(415, 'unsupported_media_type', 'The charset is not supported: send UTF-8');
  }
  // Some clients send an empty body instead of an empty object.
  if (bytes.length === 0) return {};
  try {
    const body = parseStrictJson(bytes);
    if (typeof body === 'object' && body !== null) return body;
  } catch (error) {
    throw new ProblemError(400, 'malformed_body', `The body cannot be read: ${(error as SyntaxError).message}`);
  }
  throw new ProblemError(400, 'malformed_body', 'The body is not a JSON object or list');
}
