import type { VerifiedToken } from '@watchword/auth';
import type { Request } from 'express';
import type { AuditActor } from '../security-events/audit-log.js';
import type { Device } from './start-session.js';

/** Where a request came from. `ip` is a proxy's word only where the proxy is a configured one. */
export function deviceOf(request: Request): Device {
  return { userAgent: request.get('user-agent'), ip: request.ip };
}

/** Who acts, for the audit log. */
export function actorOf(token: VerifiedToken, request: Request): AuditActor {
  return { type: 'account', id: token.subject, ip: request.ip };
}
