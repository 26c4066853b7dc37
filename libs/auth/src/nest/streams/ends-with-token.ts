import 'reflect-metadata';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { SSE_METADATA } from '@nestjs/common/internal';
import { throwError, type Observable } from 'rxjs';
import { authenticatedCallerOf } from '../../propagation/caller-context.js';
import { adapterFor } from '../contexts/adapters.js';
import { asHttpException } from '../errors/auth-problem.js';
import type { Handler } from '../requirements/handler-place.js';
import { untilEnd } from './until-end.js';

/**
 * Ends a stream of server-sent events when the token of its caller expires or is revoked: with an event `error`. An `EventSource` then
 * connects again, and is answered 401.
 *
 * Shared by all applications of the process, as the handler that it is put on is: what it needs comes with the caller.
 */
export const endsWithToken: NestInterceptor = {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const caller = authenticatedCallerOf(adapterFor(context).request(context));
    if (caller === undefined) return next.handle();
    return untilEnd(next.handle(), caller, (error) => throwError(() => asHttpException(error)));
  },
};

/** Whether the method has `@Sse()`. */
export function isServerSentEvents(method: Handler): boolean {
  return Reflect.hasMetadata(SSE_METADATA, method);
}
