import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase, AuthTransaction } from '../../database/auth-database.js';
import type { AuditActor, AuditLog } from '../../security-events/audit-log.js';
import type { SecurityEventLog } from '../../security-events/security-event-log.js';
import { type KeyRow, type KeyStore, keyTimes } from '../storage/key-store.js';
import { predecessorOf, successorOf } from './key-succession.js';
import type { KeyTiming } from './key-timing.js';
import type { SigningAlgorithm } from '../../cryptography/signing-algorithm.js';
import { keyState } from '../storage/signing-key.js';

/**
 * Withdraws a compromised key: it is removed from the JWK Set at once, its private key is destroyed, and its tokens are denied. If it
 * is active or pending, another key replaces it in the same transaction, so that there is always an active key.
 */
export class WithdrawKey {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: KeyStore,
    private readonly events: SecurityEventLog,
    private readonly audit: AuditLog,
    private readonly algorithm: SigningAlgorithm,
    private readonly timing: KeyTiming,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal `not_found` */
  run(kid: string, actor: AuditActor): Promise<void> {
    return this.db.transaction(async (tx) => {
      await this.store.lock(tx);
      const now = this.clock.now();
      const keys = await this.store.rows(tx);
      const key = keys.find((candidate) => candidate.kid === kid);
      if (key === undefined) throw new Refusal('not-found', 'not_found', 'There is no such key');
      if (key.compromisedAt !== null) return;
      const state = keyState(keyTimes(key), now);
      const end = state === 'pending' ? key.activatesAt.getTime() : now;
      await this.store.compromise(tx, kid, now, Math.min(end, key.retiresAt?.getTime() ?? end));
      if (state === 'active') await this.replaceActive(tx, key, keys, now);
      if (state === 'pending') await this.replacePending(tx, key, keys, now);
      await this.audit.record(tx, { actor, action: 'key.compromise', target: { type: 'key', id: kid } });
      // An attacker with the key can choose any `exp`. So the key is denied until no cache contains it, and no instance without its
      // database signs with it. A key is published for at least that time before it signs.
      const expiry = now + this.timing.publishAhead + this.timing.tokenLifetime;
      await this.events.append(tx, { type: 'key-revoked', value: kid }, expiry);
      await this.events.append(tx, { type: 'keys-changed', value: '' }, expiry);
    });
  }

  /** The new key signs at once: verifiers fetch keys with an unknown kid. */
  private async replaceActive(tx: AuthTransaction, key: KeyRow, keys: readonly KeyRow[], now: number): Promise<void> {
    const successor = successorOf(key, keys);
    if (successor === undefined) await this.insert(tx, now, now);
    else await this.store.activate(tx, successor.kid, now);
  }

  /** Its predecessor continues to sign until its successor, or a new key, may sign. */
  private async replacePending(tx: AuthTransaction, key: KeyRow, keys: readonly KeyRow[], now: number): Promise<void> {
    const predecessor = predecessorOf(key, keys);
    const successor = successorOf(key, keys);
    const takeover =
      successor?.activatesAt.getTime() ?? Math.max(key.activatesAt.getTime(), now + this.timing.publishAhead);
    if (predecessor !== undefined) await this.store.close(tx, predecessor.kid, takeover, this.timing.retirement);
    if (successor === undefined) await this.insert(tx, now, takeover);
  }

  private async insert(tx: AuthTransaction, createdAt: number, activatesAt: number): Promise<void> {
    await this.store.insert(tx, await this.store.make(this.algorithm, { createdAt, activatesAt }));
  }
}
