import { type AuthConfig, inMilliseconds } from '../../config/index.js';

/** The times in the life of a signing key, in milliseconds. */
export interface KeyTiming {
  /** How long a key signs before its successor. */
  readonly rotationInterval: number;
  /** How long a key is published before it signs. */
  readonly publishAhead: number;
  /** How long a key stays published after it stopped signing. */
  readonly retirement: number;
  /** The longest lifetime of an access token. */
  readonly tokenLifetime: number;
  /** How much the clocks of two instances may differ. */
  readonly clockSkew: number;
  /** How long an instance signs without reaching the database. */
  readonly lease: number;
}

export function keyTiming(config: AuthConfig): KeyTiming {
  return inMilliseconds({
    rotationInterval: config.KEY_ROTATION_INTERVAL,
    publishAhead: config.KEY_PUBLISH_AHEAD,
    retirement: config.KEY_RETIREMENT,
    tokenLifetime: config.ACCESS_TOKEN_TTL,
    clockSkew: config.KEY_SAFETY_MARGIN,
    lease: config.KEY_RING_LEASE,
  });
}
