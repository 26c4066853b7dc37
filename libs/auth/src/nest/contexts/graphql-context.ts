import type { ExecutionContext } from '@nestjs/common';
import type { ContextAdapter } from './context-adapter.js';
import { authorizationHeaders, incomingMessage } from './http-context.js';

/** Resolvers of @nestjs/graphql: the HTTP request is `req` of the GraphQL context. */
export const graphqlContext: ContextAdapter = {
  request(context: ExecutionContext) {
    // (parent, arguments, context, info); a reference resolver gets no arguments: (reference, context, info).
    const at = context.getArgs<unknown[]>().length === 3 ? 1 : 2;
    return incomingMessage(context.getArgByIndex<{ readonly req?: unknown } | undefined>(at)?.req);
  },
  authorization: authorizationHeaders,
};
