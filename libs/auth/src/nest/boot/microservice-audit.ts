import { isMap } from 'node:util/types';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { AccessTokenGuard } from '../access-token.guard.js';
import { endWithToken, type MessageHandler } from '../streams/message-streams.js';
import { handlerClasses, isGateway, methodsOf } from './handler-classes.js';
import { patternsOf, textOfPattern } from './nest-metadata.js';

/** The part of Nest's microservice server that the audit watches. */
interface RpcServer {
  readonly messageHandlers: ReadonlyMap<string, RegisteredHandler>;
  addHandler(pattern: unknown, handler: MessageHandler, isEvent?: boolean, ...rest: unknown[]): unknown;
  listen(callback: (...args: unknown[]) => void): unknown;
}

/** Several handlers of one event form a linked list. */
interface RegisteredHandler {
  readonly next?: RegisteredHandler;
}

/** What a microservice is compared with. */
export interface Audit {
  readonly config: ApplicationConfig;
  readonly guard: AccessTokenGuard;
  readonly modules: ModulesContainer;
}

/**
 * Prevents a microservice from listening if one of its handlers was created without the guard.
 *
 * `connectMicroservice(options)` gives the microservice its own empty configuration, unless `inheritAppConfig` is set, and Nest
 * has no API that shows this afterwards. But when Nest creates a handler with the application's configuration, it first reads the
 * hooks of that configuration. So a handler that is added without this read was created with another configuration, or was passed
 * to `server.addHandler()` directly. Handlers of request-scoped controllers are created at each request. For them the audit knows
 * the patterns only, and relies on the other handlers of the same microservice.
 */
export function auditMicroservice(server: object, { config, guard, modules }: Audit): void {
  if (!isRpcServer(server)) throw new Error('A microservice of an unknown kind was connected: it cannot be audited.');
  const addHandler = server.addHandler.bind(server);
  const listen = server.listen.bind(server);
  const guarded = new Set<unknown>();
  const unguarded = new Map<unknown, string>();
  let isListening = false;
  const composition = watch(config);
  composition.seen = false;

  server.addHandler = (pattern, original, isEvent, ...rest) => {
    // An event has no answer, and Nest looks for its further handlers on the function itself.
    const handler = isEvent === true ? original : endWithToken(original);
    if (composition.seen && config.getGlobalGuards().includes(guard)) guarded.add(handler);
    else if (isListening) throw new Error(refusal([textOfPattern(pattern)]));
    else unguarded.set(handler, textOfPattern(pattern));
    composition.seen = false;
    return addHandler(pattern, handler, isEvent, ...rest);
  };
  server.listen = (callback) => {
    const deferred = guarded.size === 0 ? [] : requestScopedPatterns(modules);
    const unknown = [...unguarded.values(), ...addedBefore(server, guarded, unguarded)].filter(
      (pattern) => !take(deferred, pattern),
    );
    if (unknown.length > 0) throw new Error(refusal(unknown));
    // With `deferInitialization`, a microservice also serves the gateways, with its own configuration.
    const gateways = guarded.size > 0 ? [] : handlerClasses(modules).filter(({ type }) => isGateway(type));
    if (gateways.length > 0) throw new Error(gatewayRefusal(gateways.map(({ type }) => type.name)));
    isListening = true;
    return listen(callback);
  };
}

/** Patterns of handlers that were added before the microservice was connected, or without `addHandler`. */
function addedBefore(server: RpcServer, ...known: readonly { has(handler: unknown): boolean }[]): string[] {
  return [...server.messageHandlers].flatMap(([pattern, first]) => {
    const chain: RegisteredHandler[] = [];
    for (let handler: RegisteredHandler | undefined = first; handler; handler = handler.next) chain.push(handler);
    return chain.filter((handler) => !known.some((handlers) => handlers.has(handler))).map(() => pattern);
  });
}

/** The patterns of all handlers of request-scoped controllers, with repetitions. */
function requestScopedPatterns(modules: ModulesContainer): string[] {
  return handlerClasses(modules).flatMap(({ type, isController, instance }) => {
    if (!isController || instance !== undefined) return [];
    return methodsOf(type).flatMap(([, method]) => patternsOf(method));
  });
}

/** Removes the text from the list; false if it is not in the list. */
function take(list: string[], text: string): boolean {
  const at = list.indexOf(text);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

/** Whether the message hooks of the configuration were read in this turn of the event loop, since `seen` was last cleared. */
interface Composition {
  seen: boolean;
}

const watched = new WeakMap<ApplicationConfig, Composition>();

function watch(config: ApplicationConfig): Composition {
  const known = watched.get(config);
  if (known !== undefined) return known;
  const composition: Composition = { seen: false };
  const getGlobalPreRequestHooks = config.getGlobalPreRequestHooks.bind(config);
  config.getGlobalPreRequestHooks = () => {
    composition.seen = true;
    // A handler is added in the turn in which it is created. A request-scoped handler of any microservice is created when a
    // message arrives, and must not count for a handler that another microservice adds later.
    queueMicrotask(() => (composition.seen = false));
    return getGlobalPreRequestHooks();
  };
  watched.set(config, composition);
  return composition;
}

function refusal(patterns: readonly string[]): string {
  return (
    `These message handlers are not guarded: ${patterns.join(', ')}. A hybrid application does not apply its guards to a ` +
    'microservice unless told to: app.connectMicroservice(options, { inheritAppConfig: true }). (If it is: make one of the ' +
    'controllers that handle messages a singleton, so that the guard can be seen.) A handler that was added to the server ' +
    'by hand, with addHandler(), is guarded by nothing: make it a method of a controller.'
  );
}

function gatewayRefusal(names: readonly string[]): string {
  return (
    `A microservice serves these gateways too, and has no message handler that shows that it is guarded: ${names.join(', ')}. ` +
    'Give it the guards of the application, app.connectMicroservice(options, { inheritAppConfig: true }), and a message ' +
    'handler in a singleton controller; or do not connect it, as it handles no messages.'
  );
}

function isRpcServer(server: object): server is RpcServer {
  const { addHandler, listen, messageHandlers } = server as Partial<Record<keyof RpcServer, unknown>>;
  return typeof addHandler === 'function' && typeof listen === 'function' && isMap(messageHandlers);
}
