import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '@watchword/auth';
import type { Request } from 'express';
import type { LiveSession } from './live-token-store.js';

/** Beside the request: a new property on Express's request costs more (docs/adr/0011). */
const current = new WeakMap<Request, LiveSession>();

/** Keeps the session with which a request was let in. */
export function keepSession(context: ExecutionContext, session: LiveSession): void {
  current.set(requestOf(context), session);
}

/** @throws AuthError where no LiveSessionGuard let the request in */
export function sessionOf(context: ExecutionContext): LiveSession {
  const session = current.get(requestOf(context));
  if (session === undefined) throw new AuthError('credentials_missing', { reason: 'no LiveSessionGuard stands here' });
  return session;
}

/** The session of whoever asks: its roles and scopes are the database's. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => sessionOf(context));

function requestOf(context: ExecutionContext): Request {
  return context.switchToHttp().getRequest<Request>();
}
