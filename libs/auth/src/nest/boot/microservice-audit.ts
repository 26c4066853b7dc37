import 'reflect-metadata';
import { isMap } from 'node:util/types';
import { MetadataScanner } from '@nestjs/core';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import type { AccessTokenGuard } from '../access-token.guard.js';
import { handlerClasses, isGateway } from './handler-classes.js';

/** What @nestjs/microservices writes on the methods that handle messages. */
const PATTERN_METADATA = 'microservices:pattern';

/** The part of Nest's microservice server that the audit watches. */
interface RpcServer {
  readonly messageHandlers: ReadonlyMap<string, RegisteredHandler>;
  addHandler(pattern: unknown, handler: unknown, ...rest: unknown[]): unknown;
  listen(callback: (...args: unknown[]) => void): unknown;
}

/** Several of one event are a chain. */
interface RegisteredHandler {
  readonly next?: RegisteredHandler;
}

/** What a microservice is held to. */
export interface Audit {
  readonly config: ApplicationConfig;
  readonly guard: AccessTokenGuard;
  readonly modules: ModulesContainer;
}

/**
 * Keeps a microservice from listening with a handler that was composed without the guard, or that is nobody's.
 *
 * `connectMicroservice(options)` gives the microservice an empty configuration of its own unless it is told to inherit
 * the application's, and nothing of Nest's shows it afterwards. But a handler that is composed under the application's
 * configuration asks that configuration for its hooks first. So each handler that is added without that was composed
 * under another one, or by nobody: `server.addHandler()` takes any function. Handlers of request-scoped controllers are
 * composed at each request. Of those the pattern is known, and their siblings speak for the guard.
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

  server.addHandler = (pattern, handler, ...rest) => {
    if (composition.seen && config.getGlobalGuards().includes(guard)) guarded.add(handler);
    else if (isListening) throw new Error(refusal([textOf(pattern)]));
    else unguarded.set(handler, textOf(pattern));
    composition.seen = false;
    return addHandler(pattern, handler, ...rest);
  };
  server.listen = (callback) => {
    const deferred = guarded.size === 0 ? [] : requestScopedPatterns(modules);
    const unknown = [...unguarded.values(), ...addedBefore(server, guarded, unguarded)].filter(
      (pattern) => !take(deferred, pattern),
    );
    if (unknown.length > 0) throw new Error(refusal(unknown));
    // With `deferInitialization` a microservice serves the gateways as well, under its own configuration.
    const gateways = guarded.size > 0 ? [] : handlerClasses(modules).filter(({ type }) => isGateway(type));
    if (gateways.length > 0) throw new Error(gatewayRefusal(gateways.map(({ type }) => type.name)));
    isListening = true;
    return listen(callback);
  };
}

/** Patterns of handlers that were put into the server by another way than its `addHandler`, or before it was connected. */
function addedBefore(server: RpcServer, ...known: readonly { has(handler: unknown): boolean }[]): string[] {
  return [...server.messageHandlers].flatMap(([pattern, first]) => {
    const chain: RegisteredHandler[] = [];
    for (let handler: RegisteredHandler | undefined = first; handler; handler = handler.next) chain.push(handler);
    return chain.filter((handler) => !known.some((handlers) => handlers.has(handler))).map(() => pattern);
  });
}

/** Of each handler of a request-scoped controller, as often as it is declared. */
function requestScopedPatterns(modules: ModulesContainer): string[] {
  return handlerClasses(modules).flatMap(({ type, isController, instance }) => {
    if (!isController || instance !== undefined) return [];
    const prototype = type.prototype as Record<string, object>;
    return new MetadataScanner().getAllMethodNames(prototype).flatMap((name) => {
      const method = prototype[name];
      const patterns: unknown = method && Reflect.getMetadata(PATTERN_METADATA, method);
      return Array.isArray(patterns) ? patterns.map(textOf) : [];
    });
  });
}

/** Takes the text out of the list; false when it is not in it. */
function take(list: string[], text: string): boolean {
  const at = list.indexOf(text);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}

function textOf(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}

/** Whether the configuration was asked for its message hooks, in this turn and since `seen` was last cleared. */
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
    // A handler is added in the turn in which it is composed. A request-scoped one is composed when its message comes,
    // of whichever microservice, and must not speak for what another one adds later.
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
