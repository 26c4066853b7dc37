import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../../database/auth-database.js';
import type { AuditActor, AuditLog } from '../../security-events/audit-log.js';
import type { KeyRotation } from './key-rotation.js';
import { successorOf } from './key-succession.js';
import type { KeyTiming } from './key-timing.js';
import { keyState } from '../storage/signing-key.js';
import { type KeyStore, keyTimes } from '../storage/key-store.js';

/** Retires the active key as soon as it is safe: its successor must have been published long enough. */
export class RetireKey {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: KeyStore,
    private readonly rotation: KeyRotation,
    private readonly audit: AuditLog,
    private readonly timing: KeyTiming,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found`, or `key_not_active` */
  async run(kid: string, actor: AuditActor): Promise<void> {
    await this.rotation.rotateNow(actor);
    await this.db.transaction(async (tx) => {
      await this.store.lock(tx);
      const now = this.clock.now();
      const keys = await this.store.rows(tx);
      const key = keys.find((candidate) => candidate.kid === kid);
      if (key === undefined) throw new Refusal('not-found', 'not_found', 'There is no such key');
      if (keyState(keyTimes(key), now) !== 'active') {
        throw new Refusal('conflict', 'key_not_active', 'Only the active key can be retired');
      }
      const successor = successorOf(key, keys);
      if (successor === undefined) throw new Refusal('conflict', 'conflict', 'The keys were changed at the same time');
      const takeover = Math.max(now, successor.createdAt.getTime() + this.timing.publishAhead);
      if (takeover < successor.activatesAt.getTime()) {
        await this.store.close(tx, key.kid, takeover, this.timing.retirement);
        await this.store.activate(tx, successor.kid, takeover);
      }
      await this.audit.record(tx, { actor, action: 'key.retire', target: { type: 'key', id: kid } });
    });
  }
}
