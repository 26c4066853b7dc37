import type { RequestHandler } from 'express';
import { ProblemError } from '../errors/problem-error.js';

/**
 * Refuses a NUL in the path or the query, because PostgreSQL text cannot hold it. Headers cannot contain one: Node.js refuses it.
 * Bodies are checked by their parsers.
 *
 * @throws ProblemError 400 `validation_failed`
 */
export function refuseNul(): RequestHandler {
  return (request, _response, next) => {
    if (request.url.includes('%00'))
      throw new ProblemError(400, 'validation_failed', 'The URL contains a NUL character');
    next();
  };
}
