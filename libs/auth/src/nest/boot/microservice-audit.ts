import type { ApplicationConfig } from '@nestjs/core';
import type { AccessTokenGuard } from '../access-token.guard.js';

/** The part of Nest's microservice server that the audit watches. */
interface RpcServer {
  addHandler(pattern: unknown, ...rest: unknown[]): unknown;
  listen(callback: (...args: unknown[]) => void): unknown;
}

/**
 * Keeps a microservice from listening when its handlers were composed without the guard.
 *
 * `connectMicroservice(options)` gives the microservice an empty configuration of its own unless it is told to inherit
 * the application's, and nothing of Nest's shows it afterwards. But a handler that is composed under the application's
 * configuration asks that configuration for its hooks first. So each handler that is added without that was composed
 * under another one. (Handlers of request-scoped controllers are composed at each request; their siblings speak for them.)
 */
export function auditMicroservice(server: object, config: ApplicationConfig, guard: AccessTokenGuard): void {
  if (!isRpcServer(server)) throw new Error('A microservice of an unknown kind was connected: it can not be audited.');
  const addHandler = server.addHandler.bind(server);
  const listen = server.listen.bind(server);
  const unguarded: string[] = [];
  let guarded = 0;
  const composition = watch(config);
  composition.seen = false;

  server.addHandler = (pattern, ...rest) => {
    if (composition.seen && config.getGlobalGuards().includes(guard)) guarded += 1;
    else unguarded.push(typeof pattern === 'string' ? pattern : JSON.stringify(pattern));
    composition.seen = false;
    return addHandler(pattern, ...rest);
  };
  server.listen = (callback) => {
    if (guarded === 0 && unguarded.length > 0) throw new Error(refusal(unguarded));
    return listen(callback);
  };
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
    'microservice unless told to: app.connectMicroservice(options, { inheritAppConfig: true }). ' +
    '(If it is: make one of the controllers that handle messages a singleton, so that the guard can be seen.)'
  );
}

function isRpcServer(server: object): server is RpcServer {
  const { addHandler, listen } = server as Partial<Record<keyof RpcServer, unknown>>;
  return typeof addHandler === 'function' && typeof listen === 'function';
}
