import type { ExecutionContext } from '@nestjs/common';
import type { ContextAdapter } from './context-adapter.js';
import { authorizationHeaders, incomingMessage } from './http-context.js';

/** Resolvers of @nestjs/graphql: the HTTP request is `req` of the third argument, the GraphQL context. */
export const graphqlContext: ContextAdapter = {
  carrier: (context: ExecutionContext) =>
    incomingMessage(context.getArgByIndex<{ readonly req?: unknown } | undefined>(2)?.req),
  authorization: authorizationHeaders,
};
