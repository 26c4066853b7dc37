import type { RequestHandler } from 'express';
import { ProblemError } from '../errors/problem-error.js';

/**
 * Refuses a NUL in the path or the query, which PostgreSQL's text cannot hold. No header can have one: Node.js refuses it. Bodies
 * are seen to where they are parsed.
 *
 * @throws ProblemError 400 `validation_failed`
 */
export function refuseNul(): RequestHandler {
  return (request, _response, next) => {
    if (request.url.includes('%00')) throw new ProblemError(400, 'validation_failed', 'The address has a NUL in it');
    next();
  };
}
