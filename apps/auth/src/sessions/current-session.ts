import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '@watchword/auth';
import type { Request } from 'express';
import type { LiveSession } from './live-token-store.js';

/** In a WeakMap, because a new property on Express's request costs more (ADR 11 in docs/adr). */
const current = new WeakMap<Request, LiveSession>();

/** Stores the session of an authenticated request. */
export function keepSession(context: ExecutionContext, session: LiveSession): void {
  current.set(requestOf(context), session);
}

/** @throws AuthError if the endpoint has no LiveSessionGuard */
export function sessionOf(context: ExecutionContext): LiveSession {
  const session = current.get(requestOf(context));
  if (session === undefined)
    throw new AuthError('credentials_missing', { reason: 'the endpoint has no LiveSessionGuard' });
  return session;
}

/** The session of the caller, with the roles and scopes of the database. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext) => sessionOf(context));

function requestOf(context: ExecutionContext): Request {
  return context.switchToHttp().getRequest<Request>();
}
