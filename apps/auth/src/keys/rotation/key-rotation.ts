import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../../database/auth-database.js';
import { type AuditActor, type AuditLog, SYSTEM_ACTOR } from '../../security-events/audit-log.js';
import type { SecurityEventLog } from '../../security-events/security-event-log.js';
import type { KeyRow, KeyStore } from '../storage/key-store.js';
import type { KeyTiming } from './key-timing.js';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';

/**
 * Rotates the signing keys: a successor is published first and signs later. It starts signing at the time at which the current key
 * stops.
 */
export class KeyRotation {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: KeyStore,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly algorithm: SigningAlgorithm,
    private readonly timing: KeyTiming,
    private readonly clock: Clock,
  ) {}

  /** Creates the first key. It signs at once, because nobody can have cached a key set without it. */
  async ensureFirst(): Promise<void> {
    if ((await this.store.rows(this.db)).length > 0) return;
    const now = this.clock.now();
    const key = await this.store.make(this.algorithm, { createdAt: now, activatesAt: now });
    await this.db.transaction(async (tx) => {
      if (await this.store.insertFirst(tx, key)) await this.record(tx, key.kid, SYSTEM_ACTOR, 'first');
    });
  }

  /**
   * Rotates to the configured algorithm if the newest key has another one. Only once, at startup: otherwise instances with different
   * settings would rotate alternately.
   */
  async adoptAlgorithm(): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined || open.algorithm === this.algorithm) return false;
    return this.succeed(open, SYSTEM_ACTOR, 'algorithm');
  }

  /**
   * Called by the schedule.
   *
   * @returns whether a rotation was due and this instance did it
   */
  async rotateIfDue(): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined) return false;
    const successorAt = open.activatesAt.getTime() + this.timing.rotationInterval;
    if (this.clock.now() + this.timing.publishAhead < successorAt) return false;
    return this.succeed(open, SYSTEM_ACTOR, 'schedule');
  }

  /** Rotates on demand. If a successor is already published, nothing is changed. */
  async rotateNow(actor: AuditActor): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined || open.activatesAt.getTime() > this.clock.now()) return false;
    return this.succeed(open, actor, 'demand');
  }

  /**
   * Destroys the private keys that no instance uses for signing any more. An instance whose clock is behind signs a little longer, so
   * this waits for the clock skew.
   */
  async destroyRetired(): Promise<void> {
    await this.store.destroyRetired(this.db, this.clock.now() - this.timing.clockSkew);
  }

  /** @returns false if another instance has done it */
  private async succeed(open: KeyRow, actor: AuditActor, reason: string): Promise<boolean> {
    const createdAt = this.clock.now();
    const activatesAt = Math.max(createdAt + this.timing.publishAhead, open.activatesAt.getTime());
    const key = await this.store.make(this.algorithm, { createdAt, activatesAt });
    return this.db.transaction(async (tx) => {
      await this.store.lock(tx);
      if ((await this.store.findOpen(tx))?.kid !== open.kid) return false;
      await this.store.close(tx, open.kid, activatesAt, this.timing.retirement);
      await this.store.insert(tx, key);
      await this.record(tx, key.kid, actor, reason);
      return true;
    });
  }

  private async record(tx: AuthTransaction, kid: string, actor: AuditActor, reason: string): Promise<void> {
    await this.audit.record(tx, { actor, action: 'key.rotate', target: { type: 'key', id: kid }, detail: { reason } });
    await this.events.append(tx, { type: 'keys-changed', value: '' }, this.clock.now() + this.timing.tokenLifetime);
  }
}
