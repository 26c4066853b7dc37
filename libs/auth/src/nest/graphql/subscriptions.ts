import type { CallHandler, ExecutionContext, HttpException, NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { AuthenticatedCaller } from '../../propagation/caller.js';
import {
  authenticatedCallerOf,
  closeScope,
  openScope,
  runInScope,
  type Scope,
} from '../../propagation/caller-context.js';
import { asHttpException } from '../errors/auth-problem.js';
import { connectionOf, contextValueOf, graphqlContext, type GraphqlConnection } from './graphql-context.js';

/** The close code with which servers of graphql-ws ask a client to connect again with other credentials. */
const FORBIDDEN = 4403;

/**
 * Ends a subscription when the token of its caller expires or is revoked: with an error that has the code of the refusal. The connection
 * is closed too, because all further operations on it would be refused.
 */
export const subscriptionEndsWithToken: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = authenticatedCallerOf(graphqlContext.request(context));
    if (caller === undefined) return next.handle();
    const value = contextValueOf(context);
    const connection = connectionOf(value);
    // Over HTTP the request has opened the scope.
    const isScopeMissing = caller.isScoped && connection !== undefined;
    const scope = isScopeMissing ? openScope(value as object, caller) : undefined;
    const run = <T>(work: () => T): T => (scope === undefined ? work() : runInScope(scope, work));
    return run(() => next.handle()).pipe(
      map((events) =>
        isAsyncIterable(events) ? new EndingEvents(events, caller, { connection, scope, run }) : events,
      ),
    );
  },
};

/** Where a subscription runs. */
interface Surroundings {
  readonly connection: GraphqlConnection | undefined;
  readonly scope: Scope | undefined;
  readonly run: <T>(work: () => T) => T;
}

/** The events of a subscription until the token of its caller ends. */
class EndingEvents implements AsyncIterableIterator<unknown> {
  readonly #source: AsyncIterator<unknown>;
  readonly #stopWatching: (() => void) | undefined;
  #error: HttpException | undefined;
  #refuseNext: ((error: Error) => void) | undefined;

  constructor(
    events: AsyncIterable<unknown>,
    caller: AuthenticatedCaller,
    private readonly surroundings: Surroundings,
  ) {
    this.#source = events[Symbol.asyncIterator]();
    this.#stopWatching = caller.whenEnded((error) => this.#end(asHttpException(error)));
  }

  next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      this.#refuseNext = reject;
      this.surroundings.run(() => this.#source.next()).then(resolve, reject);
    });
  }

  async return(): Promise<IteratorResult<unknown>> {
    this.#stop();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(error: HttpException): void {
    this.#error = error;
    this.#stop();
    this.#refuseNext?.(error);
    void this.#endSource();
    const { connection } = this.surroundings;
    setImmediate(() => connection?.extra.socket.close(FORBIDDEN, 'Forbidden'));
  }

  /** A generator that waits for its next event ends after that. Nobody is left to tell of an error in its end. */
  async #endSource(): Promise<void> {
    await this.#source.return?.().catch(() => undefined);
  }

  #stop(): void {
    const { scope } = this.surroundings;
    if (scope !== undefined) closeScope(scope);
    this.#stopWatching?.();
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === 'function';
}
