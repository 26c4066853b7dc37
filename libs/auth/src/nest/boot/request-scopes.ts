import { Inject, Injectable } from '@nestjs/common';
import type { HttpServer } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CallerContext, closeScope, openScope, runInScope } from '../../propagation/caller-context.js';
import type { Scope } from '../../propagation/caller-context.js';
import { incomingMessage } from '../contexts/http-context.js';
import { whenAnswered } from './when-answered.js';
import type { Answer } from './when-answered.js';
import { isInjected } from './is-injected.js';

/**
 * Opens an async scope around each request, which the guard then fills, and closes it when the answer is out.
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
    adapter?.use((request: unknown, answer: Answer, next: () => void) => {
      const scope = openScope(incomingMessage(request));
      whenAnswered(answer, () => closeScope(scope));
      runInScope(scope, next);
    });
  }
}

type StartHook = (transport: unknown, context: unknown, done: () => unknown) => unknown;
type EndHook = (transport: unknown, context: unknown) => unknown;

/** The part of Nest's microservice server that says when a message starts and ends: one slot each, which tracing uses too. */
interface RpcServer {
  readonly onProcessingStartHook?: StartHook;
  setOnProcessingStartHook?: (hook: StartHook) => void;
  readonly onProcessingEndHook?: EndHook | undefined;
  setOnProcessingEndHook?: (hook: EndHook) => void;
}

/**
 * At the server and not as a global hook of Nest's, which would wrap each message in two Observables more: on TCP that is
 * a tenth of what a message costs. Composes with a hook that is there, or comes later.
 */
function enterMessages(server: RpcServer): void {
  if (typeof server.setOnProcessingStartHook !== 'function' || typeof server.setOnProcessingEndHook !== 'function')
    return;
  const open = new WeakMap<object, Scope>();
  let furtherStart: StartHook = server.onProcessingStartHook ?? ((_transport, _context, done) => done());
  let furtherEnd: EndHook | undefined = server.onProcessingEndHook;
  server.setOnProcessingStartHook((transport, context, done) => {
    if (!carriesMetadata(context)) return furtherStart(transport, context, done);
    const scope = openScope(context);
    open.set(context, scope);
    return runInScope(scope, () => furtherStart(transport, context, done));
  });
  server.setOnProcessingEndHook((transport, context) => {
    const scope = carriesMetadata(context) ? open.get(context) : undefined;
    if (scope !== undefined) closeScope(scope);
    return furtherEnd?.(transport, context);
  });
  server.setOnProcessingStartHook = (hook) => {
    furtherStart = hook;
  };
  server.setOnProcessingEndHook = (hook) => {
    furtherEnd = hook;
  };
}

/** Of other transports the server shows its hook another object than it gives the handler. */
function carriesMetadata(context: unknown): context is object {
  return typeof (context as { readonly getMetadata?: unknown } | null)?.getMetadata === 'function';
}
