import type { ExecutionContext } from '@nestjs/common';
import type { CustomContextAdapter } from '../contexts/context-adapter.js';
import { authorizationHeaders, incomingMessage } from '../contexts/http-context.js';

/** The part of a connection of graphql-ws that is used here: the `Context` of its server, on the package `ws`. */
export interface GraphqlConnection {
  /** The payload of the message `connection_init`. */
  readonly connectionParams?: Readonly<Record<string, unknown>> | undefined;
  readonly extra: { readonly request: object; readonly socket: { close(code: number, reason: string): void } };
}

/**
 * Resolvers of @nestjs/graphql. Over HTTP the request is `req` of the GraphQL context. Over a connection of graphql-ws each operation
 * stands for a request, and its credentials are those of the connection: the Authorization header of its handshake, and the one that
 * browsers can send, `authorization` of its parameters.
 */
export const graphqlContext: CustomContextAdapter = {
  handles: (context) => context.getType<string>() === 'graphql',

  request(context) {
    const value = contextValueOf(context);
    return connectionOf(value) === undefined ? incomingMessage(value?.req) : (value as object);
  },

  authorization(request) {
    const connection = connectionOf(request);
    if (connection === undefined) return authorizationHeaders(request);
    return [...authorizationHeaders(connection.extra.request), ...inParameters(connection.connectionParams)];
  },
};

/** What the driver, or the option `context` of the GraphQL module, made for the operation. */
interface ContextValue {
  readonly req?: unknown;
}

/** @internal */
export function contextValueOf(context: ExecutionContext): ContextValue | undefined {
  // (parent, arguments, context, info); a reference resolver gets no arguments: (reference, context, info).
  const at = context.getArgs<unknown[]>().length === 3 ? 1 : 2;
  return context.getArgByIndex<ContextValue | undefined>(at);
}

/** @internal The connection of an operation; undefined over HTTP. Apollo's driver has it in `req`, others as the context itself. */
export function connectionOf(contextValue: unknown): GraphqlConnection | undefined {
  if (isConnection(contextValue)) return contextValue;
  const { req } = (contextValue ?? {}) as ContextValue;
  return isConnection(req) ? req : undefined;
}

function isConnection(value: unknown): value is GraphqlConnection {
  const { extra } = (value ?? {}) as Partial<GraphqlConnection>;
  return typeof extra?.request === 'object' && typeof extra.socket?.close === 'function';
}

/** Values of the parameter `authorization`, however it is spelled. One that is no text is refused, as an empty header is. */
function inParameters(parameters: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(parameters)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .map(([, value]) => (typeof value === 'string' ? value : ''));
}
