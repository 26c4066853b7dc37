import { isPromise } from 'node:util/types';
import { ExecutionContextHost } from '@nestjs/core/internal';
import { isObservable, type Observable } from 'rxjs';
import { authenticatedCallerOf } from '../../propagation/caller-context.js';
import type { AuthError } from '../../verification/index.js';
import { metadataOfCall, streamCallOf } from '../contexts/rpc/grpc-metadata.js';
import { requestOfMessage } from '../contexts/rpc/rpc-context.js';
import { refuseMessage } from '../errors/rpc-answer.js';
import { untilEnd } from './until-end.js';

/** A message handler as Nest gives it to its microservice server. */
export type MessageHandler = (...args: unknown[]) => unknown;

/**
 * The same handler. A stream that it answers with, and a gRPC call that it answers by itself, end with an error when the token of the
 * caller expires or is revoked.
 */
export function endWithToken(handler: MessageHandler): MessageHandler {
  return (...args) => {
    const answer = handler(...args);
    return isPromise(answer) ? answer.then((value: unknown) => ending(value, args)) : ending(answer, args);
  };
}

function ending(answer: unknown, args: unknown[]): unknown {
  // Most answers are neither: nothing is made for them.
  if (!isObservable(answer) && metadataOfCall(args[0]) === undefined) return answer;
  const message = new ExecutionContextHost(args);
  const request = requestOfMessage(message);
  const caller = request && authenticatedCallerOf(request);
  if (caller === undefined) return answer;
  const refuse = (error: AuthError): Observable<unknown> => refuseMessage(error, message);
  if (isObservable(answer)) return untilEnd(answer, caller, refuse);
  const stop = caller.whenEnded((error) => void refuse(error).subscribe());
  for (const event of ['finish', 'cancelled', 'close']) streamCallOf(message)?.call.once(event, stop);
  return answer;
}
