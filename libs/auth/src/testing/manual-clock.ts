import type { Clock } from '../verification/index.js';

/**
 * A clock that stands still until it is told to move.
 *
 * @example
 * ```ts
 * import { createTestIssuer, ManualClock } from '@watchword/auth/testing';
 * import { TokenVerifier } from '@watchword/auth/verification';
 *
 * const clock = new ManualClock();
 * const issuer = await createTestIssuer({ clock });
 * const verifier = new TokenVerifier({ issuers: [issuer.trusted('parcels')], clock });
 * const token = await issuer.mint({ aud: ['parcels'] }, { lifetime: 300 });
 *
 * await verifier.verify(token);
 * clock.advance(306); // its lifetime, and more than the 5 seconds by which clocks may differ
 * await verifier.verify(token); // throws AuthError: token_expired
 * ```
 */
export class ManualClock implements Clock {
  private readonly alarms = new Set<Alarm>();

  /** @param time in milliseconds since the epoch */
  constructor(private time: number = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  /** Moves the clock, and rings what is due, the earliest first. @param seconds may be negative */
  advance(seconds: number): void {
    this.time += seconds * 1000;
    const due = [...this.alarms].filter(({ time }) => time <= this.time).toSorted((a, b) => a.time - b.time);
    for (const alarm of due) if (this.alarms.delete(alarm)) alarm.ring();
  }

  setAlarm(time: number, ring: () => void): () => void {
    const alarm: Alarm = { time, ring };
    this.alarms.add(alarm);
    return () => void this.alarms.delete(alarm);
  }
}

interface Alarm {
  readonly time: number;
  readonly ring: () => void;
}
