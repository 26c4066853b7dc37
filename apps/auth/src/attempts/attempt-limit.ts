import { Refusal } from '@watchword/platform';
import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * How often something may be tried in a while. An attempt counts when it begins, so that many at once are no way
 * around, and is given back when it succeeds.
 */
export class AttemptLimit {
  constructor(private readonly limiter: RateLimiterAbstract) {}

  /** @throws Refusal `too_many_attempts` with Retry-After */
  async begin(subject: string): Promise<void> {
    const wait = await this.count(subject);
    if (wait > 0) throw tooMany(wait);
  }

  /** @returns milliseconds until something may be tried again; 0 while this attempt is within the limit */
  async count(subject: string): Promise<number> {
    try {
      await this.limiter.consume(keyOf(subject));
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
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

function tooMany(wait: number): Refusal {
  return new Refusal('too-many', 'too_many_attempts', 'Too many attempts: try again later', {
    retryAfterMs: wait,
  });
}
