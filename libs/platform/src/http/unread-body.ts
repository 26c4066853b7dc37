import type { RequestHandler } from 'express';

/** Stands in the place of a body that nobody has read, because it is no JSON. */
export const UNREAD_BODY = Symbol('UnreadBody');

/**
 * Stands behind the JSON parser, which passes over other bodies without a word: a handler would see none and find fault
 * with fields that were sent. It is no refusal yet, because middleware further on may read a form itself.
 */
export function markUnreadBody(): RequestHandler {
  return (request, _response, next) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (request.body === undefined && (length !== '0' || encoding !== undefined)) request.body = UNREAD_BODY;
    next();
  };
}
