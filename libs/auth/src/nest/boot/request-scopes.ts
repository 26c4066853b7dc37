import { Injectable } from '@nestjs/common';
import type { ExecutionContext, HttpServer, PreRequestHook } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { Observable } from 'rxjs';
import { runInScopeOf } from '../../propagation/caller-context.js';
import { incomingMessage } from '../contexts/http-context.js';

/**
 * Opens an async scope around each request, which the guard then fills.
 *
 * A guard can't do both: what it enters ends with it, or (`enterWith`) outlives the request on a kept-alive connection.
 */
@Injectable()
export class RequestScopes {
  constructor(config: ApplicationConfig) {
    // Here and not at init: a hybrid application reads the hooks when its microservice is connected.
    config.registerPreRequestHook(enterMessage);
  }

  /** Behind the body parser and before everything else, whichever framework is below. */
  enterOn(adapter: HttpServer | undefined): void {
    adapter?.use((request: unknown, _: unknown, next: () => void) => runInScopeOf(incomingMessage(request), next));
  }
}

/** Subscribed inside the scope, because that is when Nest runs guards and handler. */
const enterMessage: PreRequestHook = (context: ExecutionContext, next: () => Observable<unknown>) => {
  const carrier: unknown = context.getArgByIndex(1);
  if (typeof carrier !== 'object' || carrier === null) return next();
  return new Observable((subscriber) => runInScopeOf(carrier, () => next().subscribe(subscriber)));
};
