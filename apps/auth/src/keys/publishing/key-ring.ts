import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Clock } from '@watchword/auth';
import { isPublished, keyState, type SigningKey } from '../storage/signing-key.js';

/** A key that may sign now. */
export type ActiveKey = SigningKey & { readonly privateKey: KeyObject };

/**
 * This instance's view of the signing keys.
 *
 * It signs only while its lease runs: an instance that can't reach the database doesn't know whether its key was
 * withdrawn. What it publishes it goes on publishing, for verifiers are better off with keys that may be old.
 */
export class KeyRing {
  private keys: readonly SigningKey[] = [];
  private leaseEndsAt = Number.NEGATIVE_INFINITY;
  /** Questions are numbered, and the number of the one whose answer is in use. Not by time: clocks are set back. */
  private asked = 0;
  private answered = 0;

  /**
   * @param read the keys as the database has them
   * @param lease how long they are good for signing, in milliseconds
   */
  constructor(
    private readonly read: () => Promise<readonly SigningKey[]>,
    private readonly lease: number,
    private readonly clock: Clock,
  ) {}

  /** Reads the keys anew. The lease counts from before the question, not from the answer. */
  async refresh(): Promise<void> {
    const question = (this.asked += 1);
    const askedAt = this.clock.now();
    const keys = await this.read();
    if (question < this.answered) return;
    this.answered = question;
    this.keys = keys;
    this.leaseEndsAt = askedAt + this.lease;
  }

  /** The key that signs now, or undefined when there is none or the lease has run out. */
  active(): ActiveKey | undefined {
    const now = this.clock.now();
    if (now >= this.leaseEndsAt) return undefined;
    return this.keys.find((key): key is ActiveKey => keyState(key, now) === 'active' && key.privateKey !== undefined);
  }

  /** The public keys (RFC 7517 §5). */
  published(): readonly JsonWebKey[] {
    const now = this.clock.now();
    return this.keys.filter((key) => isPublished(key, now)).map(({ publicJwk }) => publicJwk);
  }

  /** Whether the key still counts: a compromised one doesn't, from the moment this instance knows it. */
  isPublished(kid: string): boolean {
    const now = this.clock.now();
    return this.keys.some((key) => key.kid === kid && isPublished(key, now));
  }
}
