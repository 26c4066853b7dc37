import type { RequestHandler } from 'express';

/** The value of a body that was not read because it is not JSON. */
export const UNREAD_BODY = Symbol('UnreadBody');

/**
 * Marks bodies that the JSON parser ignored: otherwise a handler would report missing fields that were sent. Add it after the JSON
 * parser. It does not refuse the request, because a later middleware may read a form itself.
 */
export function markUnreadBody(): RequestHandler {
  return (request, _response, next) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (request.body === undefined && (length !== '0' || encoding !== undefined)) request.body = UNREAD_BODY;
    next();
  };
}
