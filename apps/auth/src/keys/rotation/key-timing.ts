import { type AuthConfig, inMilliseconds } from '../../config/index.js';

/** How a signing key's life is laid out. All in milliseconds. */
export interface KeyTiming {
  /** How long a key signs before the next one takes over. */
  readonly rotationInterval: number;
  /** How long a key is published before it signs. */
  readonly publishAhead: number;
  /** How long a key stays published after it stopped signing. */
  readonly retirement: number;
  /** Longest life of an access token. */
  readonly tokenLifetime: number;
  /** How much the clocks of two instances may differ. */
  readonly clockSkew: number;
  /** How long an instance goes on signing without having seen the database. */
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
