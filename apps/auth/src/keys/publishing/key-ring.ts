import type { JsonWebKey, KeyObject } from 'node:crypto';
import type { Clock } from '@watchword/auth';
import { isPublished, keyState, type SigningKey } from '../storage/signing-key.js';

/** The active signing key. */
export type ActiveKey = SigningKey & { readonly privateKey: KeyObject };

/**
 * The signing keys as this instance knows them.
 *
 * It signs only during its lease: an instance that cannot reach the database does not know whether its key was withdrawn. It still
 * publishes the keys, because old keys are better for verifiers than none.
 */
export class KeyRing {
  private keys: readonly SigningKey[] = [];
  private leaseEndsAt = Number.NEGATIVE_INFINITY;
  /** Queries are numbered; the number of the query whose result is in use is kept. Not by time, because clocks can be set back. */
  private asked = 0;
  private answered = 0;

  /**
   * @param read reads the keys from the database
   * @param lease how long they may be used for signing, in milliseconds
   */
  constructor(
    private readonly read: () => Promise<readonly SigningKey[]>,
    private readonly lease: number,
    private readonly clock: Clock,
  ) {}

  /** Reads the keys again. The lease counts from the start of the query, not from its result. */
  async refresh(): Promise<void> {
    const question = (this.asked += 1);
    const askedAt = this.clock.now();
    const keys = await this.read();
    if (question < this.answered) return;
    this.answered = question;
    this.keys = keys;
    this.leaseEndsAt = askedAt + this.lease;
  }

  /** The active key; undefined if there is none, or the lease has expired. */
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

  /** Whether the key is published. A compromised key is not, as soon as this instance knows it. */
  isPublished(kid: string): boolean {
    const now = this.clock.now();
    return this.keys.some((key) => key.kid === kid && isPublished(key, now));
  }
}
