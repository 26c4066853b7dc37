import { Inject, Injectable } from '@nestjs/common';
import type { HttpServer } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CallerContext, closeScope, openScope, runInScope } from '../../propagation/caller-context.js';
import type { Scope } from '../../propagation/caller-context.js';
import { incomingMessage } from '../contexts/http-context.js';
import { metadataOfCall } from '../contexts/rpc/grpc-metadata.js';
import { messageOf } from '../contexts/rpc/rpc-context.js';
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
    const message = messageOf(context);
    if (message === undefined) return furtherStart(transport, context, done);
    const scope = openScope(message);
    const work = endingOf(context) === undefined ? () => closeAfter(done(), scope) : done;
    open.set(endingOf(context) ?? message, scope);
    return runInScope(scope, () => furtherStart(transport, context, work));
  });
  server.setOnProcessingEndHook((transport, context) => {
    const scope = typeof context === 'object' && context !== null ? open.get(context) : undefined;
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

/**
 * What Nest shows to the hook at the end of a message: its context. Of a gRPC call it is the request, and undefined where the
 * client streams: such a call has ended when the work has.
 */
function endingOf(context: unknown): object | undefined {
  const call = metadataOfCall(context) === undefined ? undefined : (context as { readonly request?: object });
  return call === undefined ? (context as object) : call.request;
}

function closeAfter(work: unknown, scope: Scope): unknown {
  const close = (): void => closeScope(scope);
  void Promise.resolve(work).then(close, close);
  return work;
}
