import { AsyncLocalStorage } from 'node:async_hooks';
import { isPromise } from 'node:util/types';
import { AuthenticatedCaller, type Caller } from './caller.js';

/** The async scope of one request: opened before the guard runs, filled by the guard, closed after the response. */
export interface Scope {
  /** The request that the scope was opened for. It is never filled or read for another request. */
  readonly request: object;
  caller: Caller | undefined;
  isClosed: boolean;
}

/** Shared by all applications of the process: a scope belongs to one request, whichever application serves it. */
const scopes = new AsyncLocalStorage<Scope>();

/**
 * Gives the current caller to any code that a guarded handler calls, without REQUEST-scoped providers.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { CallerContext } from '@watchword/auth';
 *
 * @Injectable()
 * export class AuditLog {
 *   constructor(private readonly callers: CallerContext) {}
 *
 *   record(what: string): void {
 *     const subject = this.callers.current()?.verified.subject ?? 'nobody';
 *     console.log(`${subject}: ${what}`);
 *   }
 * }
 * ```
 */
export class CallerContext {
  /** @param isEntered whether the requests of this application run in scopes */
  constructor(private readonly isEntered = true) {}

  /**
   * The caller of the request that this code runs for; undefined on a public handler and outside requests.
   *
   * Also undefined once the request has been answered: a timer or a job that a request started no longer acts for the
   * caller. Such work calls other services as this service.
   *
   * @throws Error in an application where no provider injects this class: requests then have no scopes.
   */
  current(): Caller | undefined {
    const scope = scopes.getStore();
    if (scope === undefined && !this.isEntered) throw new Error(NOT_ENTERED);
    return scope?.caller;
  }

  /** Whether this code was started by a request that has already been answered. */
  get hasEnded(): boolean {
    return scopes.getStore()?.isClosed === true;
  }

  /**
   * Runs `work` with `caller` as the current caller, until `work` returns or the promise that it returns is settled.
   *
   * @example
   * ```ts
   * import type { Caller, CallerContext } from '@watchword/auth';
   * import type { AuthHttpClient } from '@watchword/auth/clients';
   *
   * export function stockOf(product: string, caller: Caller, callers: CallerContext, inventory: AuthHttpClient) {
   *   return callers.runAs(caller, () => inventory.json<{ count: number }>(`stock/${product}`));
   * }
   * ```
   */
  runAs<T>(caller: Caller, work: () => T): T {
    return runUntilDone(openScope(caller, caller), work);
  }

  /** Runs `work` without a caller, even inside a request. */
  runAsNobody<T>(work: () => T): T {
    return scopes.run(openScope(work), work);
  }
}

const NOT_ENTERED =
  'Nothing had CallerContext injected when the application started, so requests do not run in scopes. ' +
  'Take it as a constructor parameter where it is used, not from ModuleRef later.';

function runUntilDone<T>(scope: Scope, work: () => T): T {
  let isPending = false;
  try {
    const result = scopes.run(scope, work);
    if (!isPromise(result)) return result;
    isPending = true;
    return result.finally(() => closeScope(scope)) as T;
  } finally {
    if (!isPending) closeScope(scope);
  }
}

/** @internal Creates the scope of a request. */
export function openScope(request: object, caller?: Caller): Scope {
  return { request, caller, isClosed: false };
}

/** @internal Runs `work`, and everything that it starts, in the scope. */
export function runInScope<T>(scope: Scope, work: () => T): T {
  return scopes.run(scope, work);
}

/** @internal Called when the response was sent: code that still runs in the scope has no caller any more. */
export function closeScope(scope: Scope): void {
  scope.isClosed = true;
  if (scope.caller instanceof AuthenticatedCaller) scope.caller.release();
  scope.caller = undefined;
}

/** @internal Whether this code runs in the scope of this request, in no scope, or in the scope of another request. */
export function scopeOf(request: object): 'own' | 'none' | 'foreign' {
  const scope = scopes.getStore();
  if (scope === undefined) return 'none';
  return scope.request === request ? 'own' : 'foreign';
}

/** @internal Stores the caller in the open scope of `request`; without a scope, on the request itself. */
export function storeCaller(request: object, caller: Caller): void {
  const scope = scopes.getStore();
  if (scope?.request === request) {
    if (!scope.isClosed) scope.caller = caller;
  } else if (Object.isExtensible(request)) (request as Authenticated)[CALLER] = caller;
  else callersOfSealed.set(request, caller);
}

/** @internal The caller that was authenticated for this request. */
export function callerOf(request: object): Caller | undefined {
  const scope = scopes.getStore();
  if (scope?.request === request) return scope.caller;
  return Object.hasOwn(request, CALLER) ? (request as Authenticated)[CALLER] : callersOfSealed.get(request);
}

/** @internal The caller of a request, if it is known when its token ends; undefined for a public handler. */
export function authenticatedCallerOf(request: object): AuthenticatedCaller | undefined {
  const caller = callerOf(request);
  return caller instanceof AuthenticatedCaller ? caller : undefined;
}

/**
 * Where the caller of a request without a scope is: of messages, and behind adapters that skip middleware. A property and not a
 * WeakMap, whose entries, one for each message, are work for the garbage collector.
 */
const CALLER = Symbol('watchword:caller');

interface Authenticated {
  [CALLER]?: Caller;
}

/** Callers of requests that take no property. */
const callersOfSealed = new WeakMap<object, Caller>();
