import { isPromise } from 'node:util/types';
import type { ArgumentsHost } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/internal';
import { Observable, isObservable } from 'rxjs';
import { AuthenticatedCaller } from '../../propagation/caller.js';
import { callerOf } from '../../propagation/caller-context.js';
import { streamCallOf } from '../contexts/rpc/grpc-metadata.js';
import { requestOfMessage } from '../contexts/rpc/rpc-context.js';
import { refuseMessage } from '../errors/rpc-answer.js';

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
  const message = new ExecutionContextHost(args);
  const streamed = isObservable(answer) ? undefined : streamCallOf(message)?.call;
  if (!isObservable(answer) && streamed === undefined) return answer;
  const caller = callerOfMessage(message);
  if (caller === undefined) return answer;
  if (isObservable(answer)) return untilEnd(answer, caller, message);
  const stop = caller.whenEnded((error) => void refuseMessage(error, message).subscribe());
  for (const event of ['finish', 'cancelled', 'close']) streamed?.once(event, stop);
  return answer;
}

function callerOfMessage(message: ArgumentsHost): AuthenticatedCaller | undefined {
  const request = requestOfMessage(message);
  const caller = request === undefined ? undefined : callerOf(request);
  return caller instanceof AuthenticatedCaller ? caller : undefined;
}

function untilEnd(
  source: Observable<unknown>,
  caller: AuthenticatedCaller,
  message: ArgumentsHost,
): Observable<unknown> {
  return new Observable((subscriber) => {
    source.subscribe(subscriber);
    // Most answers are complete by now.
    if (subscriber.closed) return;
    subscriber.add(caller.whenEnded((error) => void refuseMessage(error, message).subscribe(subscriber)));
  });
}
