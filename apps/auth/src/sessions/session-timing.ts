import { type AuthConfig, inMilliseconds } from '../config/index.js';

/** The times in the life of a session, in milliseconds. */
export interface SessionTiming {
  /** A session ends if it is not used for this time. */
  readonly idle: number;
  /** A session ends after this time, even if it is used. */
  readonly absolute: number;
  /** The grace period after a rotation, in which the predecessor returns the same successor again; 0 turns it off. */
  readonly grace: number;
}

/** The current time, and the time since which a session must have been used to be live. In milliseconds since the epoch. */
export interface LiveSince {
  readonly now: number;
  readonly usedAfter: number;
}

export function sessionTiming(config: AuthConfig): SessionTiming {
  return inMilliseconds({
    idle: config.SESSION_IDLE_TTL,
    absolute: config.SESSION_TTL,
    grace: config.REFRESH_GRACE,
  });
}
