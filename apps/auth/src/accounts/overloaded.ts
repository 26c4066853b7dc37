import { Refusal } from '@watchword/platform';

/** Passwords are expensive to check, so that only so many may wait for it. */
export function overloaded(): Refusal {
  return new Refusal('unavailable', 'overloaded', 'Too many passwords are being checked right now: try again shortly', {
    retryAfterMs: 1000,
  });
}
