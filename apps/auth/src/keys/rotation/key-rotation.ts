import type { Clock } from '@watchword/auth';
import type { AuthDatabase, AuthTransaction } from '../../database/auth-database.js';
import { type AuditActor, type AuditLog, SYSTEM_ACTOR } from '../../security-events/audit-log.js';
import type { SecurityEventLog } from '../../security-events/security-event-log.js';
import type { KeyRow, KeyStore } from '../storage/key-store.js';
import type { KeyTiming } from './key-timing.js';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';

/**
 * Makes one key follow another: the successor is published first and signs later, and the moment at which one stops
 * and the other starts is one and the same.
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

  /** Makes the very first key, which signs at once: nobody can have cached a set without it. */
  async ensureFirst(): Promise<void> {
    if ((await this.store.rows(this.db)).length > 0) return;
    const now = this.clock.now();
    const key = await this.store.make(this.algorithm, { createdAt: now, activatesAt: now });
    await this.db.transaction(async (tx) => {
      if (await this.store.insertFirst(tx, key)) await this.record(tx, key.kid, SYSTEM_ACTOR, 'first');
    });
  }

  /**
   * Rotates to the configured algorithm if the open key isn't of it. Once, at boot: instances with different settings
   * would otherwise rotate in turn for as long as they run beside each other.
   */
  async adoptAlgorithm(): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined || open.algorithm === this.algorithm) return false;
    return this.succeed(open, SYSTEM_ACTOR, 'algorithm');
  }

  /**
   * What the schedule does.
   *
   * @returns whether the open key was due, and this instance rotated it
   */
  async rotateIfDue(): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined) return false;
    const successorAt = open.activatesAt.getTime() + this.timing.rotationInterval;
    if (this.clock.now() + this.timing.publishAhead < successorAt) return false;
    return this.succeed(open, SYSTEM_ACTOR, 'schedule');
  }

  /** Rotates on demand. Where a successor is published already, it takes over at its time, and nothing is changed. */
  async rotateNow(actor: AuditActor): Promise<boolean> {
    const open = await this.store.findOpen(this.db);
    if (open === undefined || open.activatesAt.getTime() > this.clock.now()) return false;
    return this.succeed(open, actor, 'demand');
  }

  /**
   * Destroys the private half of every key that doesn't sign any more, by any instance's clock: one whose clock is
   * behind this one's signs with it for a little longer.
   */
  async destroyRetired(): Promise<void> {
    await this.store.destroyRetired(this.db, this.clock.now() - this.timing.clockSkew);
  }

  /** @returns false when another instance was faster */
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
