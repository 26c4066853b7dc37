import { Refusal } from '@watchword/platform';

/** Checking passwords is expensive, so the number of waiting checks is limited. */
export function overloaded(): Refusal {
  return new Refusal('unavailable', 'overloaded', 'Too many passwords are being checked right now: try again shortly', {
    retryAfterMs: 1000,
  });
}
