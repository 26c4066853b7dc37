import { Inject, Injectable, type HttpServer } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CallerContext, closeScope, openScope, runInScope, type Scope } from '../../propagation/caller-context.js';
import { incomingMessage } from '../contexts/http-context.js';
import { metadataOfCall } from '../contexts/rpc/grpc-metadata.js';
import { messageOf } from '../contexts/rpc/rpc-context.js';
import { whenAnswered, type Answer } from './when-answered.js';
import { isInjected } from './is-injected.js';

/**
 * Opens an async scope around each request, which the guard then fills, and closes it after the response.
 *
 * A guard cannot do this: a scope that it opens ends with the guard or, with `enterWith`, outlives the request on a keep-alive
 * connection. An application that does not inject {@link CallerContext} has no scopes: up to Node 22, the first scope makes all
 * promises of the process slower, by a tenth of the time of a request.
 */
@Injectable()
export class RequestScopes {
  /** Whether requests of this application run in scopes. */
  readonly isEntered: boolean;

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.isEntered = isInjected(CallerContext, modules);
    if (this.isEntered) modules.getRpcTargetRegistry<object>().subscribe(enterMessages);
  }

  /** After the body parser and before everything else, on Express and Fastify. */
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

/** The hooks of Nest's microservice server at the start and the end of a message. Each can be set once; tracing uses them too. */
interface RpcServer {
  readonly onProcessingStartHook?: StartHook;
  setOnProcessingStartHook?: (hook: StartHook) => void;
  readonly onProcessingEndHook?: EndHook | undefined;
  setOnProcessingEndHook?: (hook: EndHook) => void;
}

/**
 * Uses the hooks of the server and not a global hook of Nest, which would wrap each message in two more Observables: on TCP a
 * tenth of the cost of a message. Hooks that were set before, or are set later, still run.
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
 * The object that Nest passes to the hook at the end of a message: its context. For a gRPC call it is the request. It is undefined
 * if the client streams: such a call ends with the work.
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
