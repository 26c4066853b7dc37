import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { AuthError, type Clock } from '@watchword/auth';
import { ProblemError } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import { sessionOf } from '../sessions/current-session.js';

/** Allows administrators who entered their password recently. Both are read from the session in the database. */
@Injectable()
export class AdministratorGuard implements CanActivate {
  constructor(
    private readonly config: AuthConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { roles, authTime } = sessionOf(context);
    if (!roles.includes('admin')) throw new AuthError('role_insufficient');
    const maxAge = this.config.ADMIN_LOGIN_MAX_AGE;
    if (authTime === null || this.clock.now() > (authTime + maxAge) * 1000) throw loginTooOld(maxAge);
    return true;
  }
}

/** RFC 9470 §3. A refresh does not help, because it keeps the time of the login. */
function loginTooOld(maxAge: number): ProblemError {
  const message = 'A more recent login is required';
  const challenge = `Bearer error="insufficient_user_authentication", error_description="${message}", max_age="${String(maxAge)}"`;
  return new ProblemError(401, 'insufficient_user_authentication', message, {
    headers: { 'WWW-Authenticate': challenge },
  });
}
