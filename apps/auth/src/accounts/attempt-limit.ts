import { ProblemError } from '@watchword/platform';
import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * How often something may be tried in a while. An attempt counts when it begins, so that many at once are no way
 * around, and is given back when it succeeds.
 */
export class AttemptLimit {
  constructor(private readonly limiter: RateLimiterAbstract) {}

  /** @throws ProblemError `too_many_attempts` with Retry-After */
  async begin(subject: string): Promise<void> {
    try {
      await this.limiter.consume(keyOf(subject));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) throw tooMany(refusal);
      throw refusal;
    }
  }

  /** It succeeded: it doesn't count. */
  async giveBack(subject: string): Promise<void> {
    await this.limiter.reward(keyOf(subject));
  }

  /** It succeeded, and the failures before it are forgiven. */
  async forgive(subject: string): Promise<void> {
    await this.limiter.delete(keyOf(subject));
  }
}

/** Of bounded length, and no list of who tried to log in. */
function keyOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

function tooMany({ msBeforeNext }: RateLimiterRes): ProblemError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new ProblemError(429, 'too_many_attempts', 'Too many attempts: try again later', {
    headers: { 'Retry-After': String(seconds) },
  });
}
