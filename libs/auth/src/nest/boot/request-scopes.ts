import { Inject, Injectable } from '@nestjs/common';
import type { HttpServer } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CallerContext, runInScopeOf } from '../../propagation/caller-context.js';
import { incomingMessage } from '../contexts/http-context.js';
import { isInjected } from './is-injected.js';

/**
 * Opens an async scope around each request, which the guard then fills.
 *
 * A guard can't do both: what it enters ends with it, or (`enterWith`) outlives the request on a kept-alive connection.
 * An application in which nothing asks for {@link CallerContext} has no scopes: up to Node 22 the first one makes every
 * promise of the process dearer, a tenth of a request.
 */
@Injectable()
export class RequestScopes {
  /** Whether requests of this application run in scopes. */
  readonly isEntered: boolean;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.isEntered = isInjected(CallerContext, modules);
    if (this.isEntered) modules.getRpcTargetRegistry<object>().subscribe(enterMessages);
  }

  /** Behind the body parser and before everything else, whichever framework is below. */
  enterOn(adapter: HttpServer | undefined): void {
    if (!this.isEntered) return;
    adapter?.use((request: unknown, _: unknown, next: () => void) => runInScopeOf(incomingMessage(request), next));
  }
}

type StartHook = (transport: unknown, context: unknown, done: () => unknown) => unknown;

/** The part of Nest's microservice server that says when a message starts: one slot, which tracing uses too. */
interface RpcServer {
  readonly onProcessingStartHook?: StartHook;
  setOnProcessingStartHook?: (hook: StartHook) => void;
}

/**
 * At the server and not as a global hook of Nest's, which would wrap each message in two Observables more: on TCP that is
 * a tenth of what a message costs. Composes with a hook that is there, or comes later.
 */
function enterMessages(server: RpcServer): void {
  if (typeof server.setOnProcessingStartHook !== 'function') return;
  let further: StartHook = server.onProcessingStartHook ?? ((_transport, _context, done) => done());
  server.setOnProcessingStartHook((transport, context, done) =>
    carriesMetadata(context)
      ? runInScopeOf(context, () => further(transport, context, done))
      : further(transport, context, done),
  );
  server.setOnProcessingStartHook = (hook) => {
    further = hook;
  };
}

/** Of other transports the server shows its hook another object than it gives the handler. */
function carriesMetadata(context: unknown): context is object {
  return typeof (context as { readonly getMetadata?: unknown } | null)?.getMetadata === 'function';
}
