import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AttemptLimit } from '../../attempts/attempt-limit.js';
import type { AttemptLimits } from '../../attempts/attempt-limits.js';
import { networkOf } from '../../attempts/network.js';

const MAX_ENTRIES = 10_000;

/** An attempt to authenticate as a client. */
export interface ClientAttempt {
  readonly network: string;
  /** The key for this client from that network. */
  readonly pair: string;
}

/**
 * Limits guesses of client credentials (RFC 6749 §2.3.1). Only failures are counted, in all instances together. After too many
 * failures, further attempts are refused. A successful authentication needs no query.
 *
 * Failures are counted per client and network, so that an attacker in another network cannot lock out the client. A client that this
 * instance has authenticated from that network before is not refused, so that an attacker in the same network (behind the same proxy,
 * for example) cannot lock it out either.
 */
export class ClientGuesses {
  /** Until when attempts are refused, in milliseconds since the epoch, by pair and by network. */
  private readonly blocked = new Map<string, number>();
  /** The pairs that have succeeded. */
  private readonly welcome = new Set<string>();

  constructor(
    private readonly limits: Pick<AttemptLimits, 'client' | 'clientAddress'>,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `temporarily_unavailable`, with the time to try again */
  begin(clientId: string, ip: string | undefined): ClientAttempt {
    const network = networkOf(ip);
    const attempt = { network, pair: `${network} ${clientId}` };
    if (this.blocked.size > 0 && !this.welcome.has(attempt.pair)) this.assertOpen(attempt);
    return attempt;
  }

  succeeded({ pair }: ClientAttempt): void {
    if (this.welcome.has(pair)) return;
    if (this.welcome.size >= MAX_ENTRIES) this.welcome.clear();
    this.welcome.add(pair);
  }

  /** @throws Refusal `temporarily_unavailable` by rejection if this failure exceeds the limit */
  async failed(attempt: ClientAttempt): Promise<void> {
    this.assertOpen(attempt);
    await this.count(this.limits.client, attempt.pair);
    await this.count(this.limits.clientAddress, attempt.network);
    this.assertOpen(attempt);
  }

  private async count(limit: AttemptLimit, subject: string): Promise<void> {
    const wait = await limit.count(subject);
    if (wait === 0) return;
    // The counts stay in the database, so a cleared entry is blocked again by its next failure.
    if (this.blocked.size >= MAX_ENTRIES) this.blocked.clear();
    this.blocked.set(subject, this.clock.now() + wait);
  }

  private assertOpen({ pair, network }: ClientAttempt): void {
    const wait = Math.max(this.waitFor(pair), this.waitFor(network));
    if (wait <= 0) return;
    throw new Refusal('too-many', 'temporarily_unavailable', 'Too many attempts: try again later', {
      retryAfterMs: wait,
    });
  }

  private waitFor(subject: string): number {
    const until = this.blocked.get(subject);
    if (until === undefined) return 0;
    const wait = until - this.clock.now();
    if (wait <= 0) this.blocked.delete(subject);
    return wait;
  }
}
