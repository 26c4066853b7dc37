import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { requestIdFrom, runInRequest } from '../logging/request-context.js';

/** Gives each request an id, from a well-formed `X-Request-Id` or a new one, and returns it in the response. */
export function requestScope(): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const requestId = requestIdFrom(request.headers['x-request-id']);
    response.setHeader('X-Request-Id', requestId);
    runInRequest(requestId, next);
  };
}
