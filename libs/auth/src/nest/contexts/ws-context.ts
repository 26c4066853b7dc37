import type { ExecutionContext } from '@nestjs/common';
import type { ContextAdapter } from './context-adapter.js';
import { authorizationHeaders, incomingMessage } from './http-context.js';

/** Gateways on socket.io: the Authorization header of the handshake, verified anew with each message. */
export const wsContext: ContextAdapter = {
  request: (context: ExecutionContext) =>
    incomingMessage(context.getArgByIndex<{ readonly request?: unknown } | undefined>(0)?.request),
  authorization: authorizationHeaders,
};
