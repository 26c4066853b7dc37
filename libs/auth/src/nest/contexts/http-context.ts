import type { ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../verification/index.js';
import type { ContextAdapter } from './context-adapter.js';

/** HTTP/1.1 and HTTP/2, on Express and on Fastify. */
export const httpContext: ContextAdapter = {
  request: (context: ExecutionContext) => incomingMessage(context.getArgByIndex(0)),
  authorization: authorizationHeaders,
};

/** @internal Node's own request below whatever a framework put around it. */
export function incomingMessage(request: unknown): object {
  const message = request as { readonly raw?: unknown; readonly rawHeaders?: unknown } | null | undefined;
  // On Express the request is Node's own; on Fastify it lies below.
  const raw = message?.rawHeaders === undefined ? (message?.raw ?? message) : message;
  if (typeof raw !== 'object' || raw === null) {
    throw new AuthError('context_unsupported', { reason: 'the context holds no request' });
  }
  return raw;
}

/**
 * The Authorization values of a request, out of its raw headers: Node's parsed ones keep the first of two and drop the other.
 *
 * @throws AuthError `context_unsupported` for what has no raw headers
 *
 * @example
 * ```ts
 * import type { IncomingMessage } from 'node:http';
 * import { authorizationHeaders, parseBearer, type TokenVerifier } from '@watchword/auth';
 *
 * // For what no guard of Nest sees, such as middleware.
 * export async function authenticate(request: IncomingMessage, verifier: TokenVerifier) {
 *   return verifier.verify(parseBearer(authorizationHeaders(request)));
 * }
 * ```
 */
export function authorizationHeaders(message: object): readonly string[] {
  const { rawHeaders } = message as { readonly rawHeaders?: unknown };
  if (!Array.isArray(rawHeaders)) {
    throw new AuthError('context_unsupported', { reason: 'the request has no raw headers' });
  }
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') values.push(rawHeaders[at + 1] as string);
  }
  return values;
}
