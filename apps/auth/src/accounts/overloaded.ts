import { ProblemError } from '@watchword/platform';

/** Passwords are expensive to check, so that only so many may wait for it. */
export function overloaded(): ProblemError {
  return new ProblemError(503, 'overloaded', 'Too many passwords are being checked right now: try again shortly', {
    headers: { 'Retry-After': '1' },
  });
}
