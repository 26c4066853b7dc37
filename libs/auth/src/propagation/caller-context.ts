import { AsyncLocalStorage } from 'node:async_hooks';
import { isPromise } from 'node:util/types';
import type { VerifiedToken } from '../verification/index.js';

/** Whoever a request is made for. */
export interface Caller {
  /** The access token as it came. A secret: it goes to registered services and nowhere else. */
  readonly token: string;
  readonly verified: VerifiedToken;
}

/** The place of one request: opened before the guard runs, filled by it, closed when the answer is out. */
export interface Scope {
  /** The request that the scope was opened for. A scope is never filled or read for another. */
  readonly request: object;
  caller: Caller | undefined;
  isClosed: boolean;
}

/** One for the process: a scope belongs to one request, whatever application serves it. */
const scopes = new AsyncLocalStorage<Scope>();

/** Who is calling, anywhere below a guarded handler, without REQUEST-scoped providers. */
export class CallerContext {
  /** @param isEntered whether the requests of this application run in scopes */
  constructor(private readonly isEntered = true) {}

  /**
   * The caller of the request that this code runs for; undefined on a public handler and outside requests.
   *
   * Undefined as well once the request has been answered: a timer or a job that a request began does not go on in its
   * caller's name. Such work is done as this service.
   *
   * @throws Error in an application where nothing has this class injected: it opens no scopes to look into.
   */
  current(): Caller | undefined {
    const scope = scopes.getStore();
    if (scope === undefined && !this.isEntered) throw new Error(NOT_ENTERED);
    return scope?.caller;
  }

  /** Whether this code was begun by a request that has been answered since. */
  get hasEnded(): boolean {
    return scopes.getStore()?.isClosed === true;
  }

  /**
   * Runs `work` as `caller`, whoever called before. The caller is there until `work` returns, or until the promise settles
   * that it returns.
   *
   * @example
   * const order = await callers.runAs(caller, () => inventory.send('reserve', items));
   */
  runAs<T>(caller: Caller, work: () => T): T {
    return runUntilDone(openScope(caller, caller), work);
  }

  /** Runs `work` for nobody: no caller of a surrounding request leaks into it. */
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

/** @internal The place of a request. */
export function openScope(request: object, caller?: Caller): Scope {
  return { request, caller, isClosed: false };
}

/** @internal Everything that `work` starts runs inside of the scope. */
export function runInScope<T>(scope: Scope, work: () => T): T {
  return scopes.run(scope, work);
}

/** @internal The answer is out: whatever still runs inside of the scope finds nobody. */
export function closeScope(scope: Scope): void {
  scope.isClosed = true;
  scope.caller = undefined;
}

/** @internal Whose scope this code runs in: the request's own, none at all, or that of another request. */
export function scopeOf(request: object): 'own' | 'none' | 'foreign' {
  const scope = scopes.getStore();
  if (scope === undefined) return 'none';
  return scope.request === request ? 'own' : 'foreign';
}

/** @internal Fills the scope of `request` while it is open; without one the caller is kept beside the request. */
export function storeCaller(request: object, caller: Caller): void {
  const scope = scopes.getStore();
  if (scope?.request !== request) callersOfRequests.set(request, caller);
  else if (!scope.isClosed) scope.caller = caller;
}

/** @internal The caller that was authenticated for this request. */
export function callerOf(request: object): Caller | undefined {
  const scope = scopes.getStore();
  return scope?.request === request ? scope.caller : callersOfRequests.get(request);
}

/** Callers of requests that came in without a scope: a web socket's messages, an adapter that skips middleware. */
const callersOfRequests = new WeakMap<object, Caller>();
