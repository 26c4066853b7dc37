import type { Clock } from '@watchword/auth';
import type { DatabaseOutages } from '../database/database-outages.js';
import type { Session } from './session-store.js';
import type { LiveSince, SessionTiming } from './session-timing.js';

/** Milliseconds without a database by which the grace grows at most. */
const LONGEST_OUTAGE = 900_000;

/** Whether sessions and their refresh tokens are good by the clock. */
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
   * Whether the predecessor of the refresh token may give it again. Time without a database does not count: an answer was
   * lost then, and whoever asked again was told to wait (ADR 13).
   */
  isInGrace({ rotatedAt }: Session): boolean {
    if (rotatedAt === null) return false;
    const { now } = this.now();
    const outage = Math.min(this.outages.during(rotatedAt.getTime(), now), LONGEST_OUTAGE);
    return now < rotatedAt.getTime() + this.timing.grace + (this.timing.grace > 0 ? outage : 0);
  }
}
