import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { requestIdFrom, runInRequest } from '../logging/request-context.js';

/** Gives each request an id, taken from `X-Request-Id` where it is well-formed, and sends it back. */
export function requestScope(): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('X-Request-Id', requestId);
    runInRequest(requestId, next);
  };
}
