import type { VerifiedToken } from '@watchword/auth';
import type { Request } from 'express';
import type { AuditActor } from '../security-events/audit-log.js';
import type { Device } from './start-session.js';

/** The device of a request. `ip` is a forwarded address only if the proxy is trusted. */
export function deviceOf(request: Request): Device {
  return { userAgent: request.get('user-agent'), ip: request.ip };
}

/** The actor, for the audit log. */
export function actorOf(token: VerifiedToken, request: Request): AuditActor {
  return { type: 'account', id: token.subject, ip: request.ip };
}
