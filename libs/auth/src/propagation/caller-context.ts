import { AsyncLocalStorage } from 'node:async_hooks';
import type { VerifiedToken } from '../verification/index.js';

/** Whoever a request is made for. */
export interface Caller {
  /** The access token as it came. A secret: it goes to registered services and nowhere else. */
  readonly token: string;
  readonly verified: VerifiedToken;
}

/** The place of one request: opened before the guard runs, filled by it. */
interface Scope {
  /** The request that the scope was opened for. A scope is never filled or read for another. */
  readonly carrier: object;
  caller: Caller | undefined;
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
   * @throws Error in an application where nothing has this class injected: it opens no scopes to look into.
   */
  current(): Caller | undefined {
    const scope = scopes.getStore();
    if (scope === undefined && !this.isEntered) throw new Error(NOT_ENTERED);
    return scope?.caller;
  }

  /** Runs `work` as `caller`, whoever called before. */
  runAs<T>(caller: Caller, work: () => T): T {
    return scopes.run({ carrier: caller, caller }, work);
  }

  /** Runs `work` for nobody: no caller of a surrounding request leaks into it. */
  runAsNobody<T>(work: () => T): T {
    return scopes.run({ carrier: work, caller: undefined }, work);
  }
}

const NOT_ENTERED =
  'Nothing had CallerContext injected when the application started, so requests do not run in scopes. ' +
  'Take it as a constructor parameter where it is used, not from ModuleRef later.';

/** @internal Opens the place of a request; everything that `work` starts runs inside it. */
export function runInScopeOf<T>(carrier: object, work: () => T): T {
  return scopes.run({ carrier, caller: undefined }, work);
}

/** @internal Whose scope this code runs in: the request's own, none at all, or that of another request. */
export function scopeOf(carrier: object): 'own' | 'none' | 'foreign' {
  const scope = scopes.getStore();
  if (scope === undefined) return 'none';
  return scope.carrier === carrier ? 'own' : 'foreign';
}

/** @internal Fills the scope of `carrier`; without one the caller is kept beside the request. */
export function admit(carrier: object, caller: Caller): void {
  const scope = scopes.getStore();
  if (scope?.carrier === carrier) scope.caller = caller;
  else admitted.set(carrier, caller);
}

/** @internal The caller whom the guard let in with this request. */
export function callerOf(carrier: object): Caller | undefined {
  const scope = scopes.getStore();
  return scope?.carrier === carrier ? scope.caller : admitted.get(carrier);
}

/** Callers of requests that came in without a scope: a web socket's messages, an adapter that skips middleware. */
const admitted = new WeakMap<object, Caller>();
