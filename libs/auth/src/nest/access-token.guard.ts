import { AsyncResource } from 'node:async_hooks';
import type { EventEmitter } from 'node:events';
import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthenticatedCaller } from '../propagation/caller.js';
import { scopeOf, storeCaller } from '../propagation/caller-context.js';
import { AuthError, TokenVerifier, parseBearer, type VerifiedToken } from '../verification/index.js';
import { Decisions } from './decisions.js';
import { RequestScopes } from './boot/request-scopes.js';
import { adapterFor, handBack } from './contexts/adapters.js';
import { RequestCredentials } from './contexts/request-credentials.js';
import { markHandedBack } from './contexts/handed-back.js';
import { RefusalLog } from './errors/refusal-log.js';
import { requirementsOf, type Requirements } from './requirements/requirements.js';
import type { Handler } from './requirements/handler-place.js';

/**
 * Accepts a request if its access token is valid and has what the handler requires. Denies by default.
 *
 * `AuthModule` registers it globally. To change one step, extend it, override a protected method and pass the class as
 * `AuthModule.forRoot({ …, guard: MyGuard })`.
 *
 * @example
 * ```ts
 * import { type ExecutionContext, Injectable } from '@nestjs/common';
 * import { AccessTokenGuard, AuthError, type Requirements, type VerifiedToken } from '@watchword/auth';
 *
 * // Accepts only people: a token that a service got for itself has no session.
 * @Injectable()
 * export class PeopleOnlyGuard extends AccessTokenGuard {
 *   protected override authorize(caller: VerifiedToken, requirements: Requirements, context: ExecutionContext) {
 *     if (caller.sessionId === undefined) throw new AuthError('role_insufficient', { reason: 'not a person' });
 *     return super.authorize(caller, requirements, context);
 *   }
 * }
 * ```
 */
@Injectable()
export class AccessTokenGuard implements CanActivate {
  protected readonly logger = new Logger(AccessTokenGuard.name);
  private readonly refusals = new RefusalLog(this.logger);
  private readonly decisions = new Decisions(this.logger);

  /** A property, so that subclasses need not pass it to the constructor. */
  @Inject(RequestScopes)
  private readonly scopes?: RequestScopes;

  @Inject(RequestCredentials)
  private readonly credentials: RequestCredentials = new RequestCredentials();

  constructor(protected readonly verifier: TokenVerifier) {}

  /** Returns directly for a cached token, otherwise a promise. @throws AuthError */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    try {
      const requirements = this.requirements(context);
      const adapter = adapterFor(context);
      const request = adapter.request(context);
      if (this.scopes?.isEntered === true) {
        refuseLostScope(request, context, requirements);
        keepScope(adapter.events?.(context));
      }
      if (requirements.verify === 'never') return this.allow(context, requirements);
      const credentials = this.credentials.of(context, adapter, request);
      const token = requirements.verify === 'optional' ? this.tokenIfAny(credentials) : this.token(credentials);
      if (token === undefined) return this.allow(context, requirements);
      const verified = this.verifier.verify(token);
      const authorized =
        verified instanceof Promise
          ? verified.then((result) => this.authorizeCaller(request, token, result, requirements, context))
          : this.authorizeCaller(request, token, verified, requirements, context);
      return authorized === true ? true : authorized.catch((error: unknown) => this.refuse(error, context));
    } catch (error) {
      return this.refuse(error, context);
    }
  }

  /** What the handler requires. */
  protected requirements(context: ExecutionContext): Requirements {
    return requirementsOf(context.getClass(), context.getHandler() as Handler);
  }

  /** The token among the raw authorization values of the request. @throws AuthError */
  protected token(authorization: readonly string[]): string {
    return parseBearer(authorization);
  }

  private tokenIfAny(authorization: readonly string[]): string | undefined {
    try {
      return this.token(authorization);
    } catch (error) {
      if (error instanceof AuthError && error.code === 'credentials_missing') return undefined;
      throw error;
    }
  }

  /**
   * Checks whether a verified caller may call this handler. Returns, or resolves, if so; a returned promise is awaited.
   *
   * @throws AuthError `role_insufficient`, `scope_insufficient`
   */
  protected authorize(
    caller: VerifiedToken,
    { roles, scopes }: Requirements,
    _context: ExecutionContext,
  ): void | Promise<void> {
    for (const scope of scopes) {
      if (!caller.scopes.has(scope)) throw new AuthError('scope_insufficient', { scopes });
    }
    for (const anyOf of roles) {
      if (!hasAny(caller.roles, anyOf)) {
        throw new AuthError('role_insufficient', { reason: `needs one of ${[...anyOf].join(', ')}` });
      }
    }
  }

  /** Logs the private reason of a refusal, with a rate limit. It must be synchronous: its result is not awaited. */
  protected onRefused(error: AuthError, context: ExecutionContext): undefined {
    this.refusals.write(error, () => `${context.getClass().name}.${context.getHandler().name}`);
  }

  private authorizeCaller(
    request: object,
    token: string,
    verified: VerifiedToken,
    requirements: Requirements,
    context: ExecutionContext,
  ): true | Promise<true> {
    if (this.decisions.isObserved) this.decisions.verified(context, verified);
    const authorized = this.authorize(verified, requirements, context);
    // Usually there is nothing to await, and a promise would cost time in each request.
    return isThenable(authorized)
      ? Promise.resolve(authorized).then(() => this.accept(request, token, verified, requirements, context))
      : this.accept(request, token, verified, requirements, context);
  }

  private accept(
    request: object,
    token: string,
    verified: VerifiedToken,
    requirements: Requirements,
    context: ExecutionContext,
  ): true {
    const isScoped = this.scopes?.isEntered === true;
    // The answer to a message may be a stream, which ends with the token of its caller. This is not known before.
    if (requirements.readsCaller || isScoped || context.getType() === 'rpc') {
      storeCaller(request, new AuthenticatedCaller(token, verified, this.verifier, isScoped));
    }
    return this.allow(context, requirements);
  }

  private allow(context: ExecutionContext, requirements: Requirements): true {
    if (this.decisions.isObserved) this.decisions.accepted(context, requirements);
    return true;
  }

  private refuse(error: unknown, context: ExecutionContext): Promise<never> {
    if (!(error instanceof AuthError)) throw error;
    this.onRefused(error, context);
    if (this.decisions.isObserved) this.decisions.refused(context, error, this.requirements(context));
    const isHandedBack = handBack(context, error);
    if (isHandedBack === false) throw error;
    return refuseHandedBack(isHandedBack, error, context);
  }
}

/** Not by `instanceof`: a promise may come from another library or realm. */
function isThenable(value: unknown): value is PromiseLike<void> {
  return typeof (value as { readonly then?: unknown } | undefined)?.then === 'function';
}

function hasAny(held: ReadonlySet<string>, wanted: ReadonlySet<string>): boolean {
  for (const name of wanted) if (held.has(name)) return true;
  return false;
}

/**
 * A middleware that calls `next()` from the callback of a shared connection can put a request into the scope of another
 * request. The handler would then act for the wrong caller, so the request is refused, even if the handler is public. If the
 * connection was opened outside of requests, the request has no scope, and its handler would have no caller.
 */
function refuseLostScope(request: object, context: ExecutionContext, { isPublic }: Requirements): void {
  const scope = scopeOf(request);
  if (scope === 'own' || (scope === 'none' && (isPublic || context.getType() !== 'http'))) return;
  throw new Error(
    'This request does not run in its own async context. A middleware lost the context: pass AsyncResource.bind(callback) ' +
      'in place of its callback, so that next() runs in the context of the request.',
  );
}

/** The events of a stream are emitted by its connection, in no scope or in that of another request. Binds them to the scope of this request. */
function keepScope(events: EventEmitter | undefined): void {
  if (events !== undefined) events.emit = AsyncResource.bind(events.emit.bind(events));
}

async function refuseHandedBack(
  isHandedBack: true | Promise<boolean>,
  error: AuthError,
  context: ExecutionContext,
): Promise<never> {
  if (await isHandedBack) markHandedBack(context);
  throw error;
}
