import { type AuthConfig, inMilliseconds } from '../config/index.js';

/** How long sessions last. All in milliseconds. */
export interface SessionTiming {
  /** A session that isn't used for that long ends. */
  readonly idle: number;
  /** A session ends after that long, however often it is used. */
  readonly absolute: number;
  /** For that long after a rotation the predecessor gives the same successor again; 0 turns it off. */
  readonly grace: number;
}

/** A moment, and after which a session must have been used to be alive then. In milliseconds since the epoch. */
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
