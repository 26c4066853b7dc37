import { Refusal } from '@watchword/platform';
import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * Limits how often something may be tried in a period. An attempt counts when it starts, so that concurrent attempts cannot exceed
 * the limit. A successful attempt is subtracted again.
 */
export class AttemptLimit {
  constructor(private readonly limiter: RateLimiterAbstract) {}

  /** @throws Refusal `too_many_attempts` with Retry-After */
  async begin(subject: string): Promise<void> {
    const wait = await this.count(subject);
    if (wait > 0) throw tooMany(wait);
  }

  /** @returns milliseconds until the next allowed attempt; 0 if this attempt is within the limit */
  async count(subject: string): Promise<number> {
    try {
      await this.limiter.consume(keyOf(subject));
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
      throw refusal;
    }
  }

  /** Called when the attempt succeeded: it does not count. */
  async giveBack(subject: string): Promise<void> {
    await this.limiter.reward(keyOf(subject));
  }

  /** Called when the attempt succeeded: the failures before it do not count any more. */
  async forgive(subject: string): Promise<void> {
    await this.limiter.delete(keyOf(subject));
  }
}

/** A hash, which has a fixed length and does not reveal who tried to log in. */
function keyOf(subject: string): string {
  return createHash('sha256').update(subject).digest('base64url');
}

function tooMany(wait: number): Refusal {
  return new Refusal('too-many', 'too_many_attempts', 'Too many attempts: try again later', {
    retryAfterMs: wait,
  });
}
