import 'reflect-metadata';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/internal';
import { Observable } from 'rxjs';
import { AuthenticatedCaller } from '../../propagation/caller.js';
import { callerOf } from '../../propagation/caller-context.js';
import { adapterFor } from '../contexts/adapters.js';
import { asHttpException } from '../errors/auth-problem.js';
import type { Handler } from '../requirements/handler-place.js';

/**
 * Ends a stream of server-sent events when the token of its caller expires or is revoked: with an event `error`. An `EventSource` then
 * connects again, and is answered 401.
 *
 * Shared by all applications of the process, as the handler that it is put on is: what it needs comes with the caller.
 */
export const endsWithToken: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = streamCallerOf(context);
    return caller === undefined ? next.handle() : untilEnd(next.handle(), caller);
  },
};

/** Whether the method has `@Sse()`. */
export function isServerSentEvents(method: Handler): boolean {
  return Reflect.hasMetadata(SSE_METADATA, method);
}

/** @internal The caller of a stream; undefined for one that a public handler sends to anybody. */
export function streamCallerOf(context: ExecutionContext): AuthenticatedCaller | undefined {
  const caller = callerOf(adapterFor(context).request(context));
  return caller instanceof AuthenticatedCaller ? caller : undefined;
}

function untilEnd<T>(source: Observable<T>, caller: AuthenticatedCaller): Observable<T> {
  return new Observable((subscriber) => {
    subscriber.add(caller.whenEnded((error) => subscriber.error(asHttpException(error))));
    // A token that has ended already ends it before it begins.
    if (!subscriber.closed) source.subscribe(subscriber);
  });
}
