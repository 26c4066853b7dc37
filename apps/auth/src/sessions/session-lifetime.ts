import type { Clock } from '@watchword/auth';
import type { DatabaseOutages } from '../database/database-outages.js';
import type { Session } from './session-store.js';
import type { LiveSince, SessionTiming } from './session-timing.js';

/** The longest database outage that extends the grace period, in milliseconds. */
const LONGEST_OUTAGE = 900_000;

/** Decides by the clock whether sessions and their refresh tokens are valid. */
export class SessionLifetime {
  constructor(
    private readonly timing: SessionTiming,
    private readonly outages: DatabaseOutages,
    private readonly clock: Clock,
  ) {}

  now(): LiveSince {
    const now = this.clock.now();
    return { now, usedAfter: now - this.timing.idle };
  }

  isAlive({ expiresAt, lastUsedAt }: Session): boolean {
    const { now, usedAfter } = this.now();
    return expiresAt.getTime() > now && lastUsedAt.getTime() > usedAfter;
  }

  /**
   * Whether the predecessor of the refresh token may return it again. The time of a database outage does not count: a response may have
   * been lost, and the client was told to wait (ADR 13).
   */
  isInGrace({ rotatedAt }: Session): boolean {
    if (rotatedAt === null) return false;
    const { now } = this.now();
    const outage = Math.min(this.outages.during(rotatedAt.getTime(), now), LONGEST_OUTAGE);
    return now < rotatedAt.getTime() + this.timing.grace + (this.timing.grace > 0 ? outage : 0);
  }
}
