import type { Clock } from '@watchword/auth';
import { Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../../database/auth-database.js';
import type { AuditActor } from '../../security-events/audit-log.js';
import type { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';
import type { KeyStore } from '../storage/key-store.js';
import type { RetireKey } from './retire-key.js';
import { type KeyState, keyState, type SigningKey } from '../storage/signing-key.js';
import type { WithdrawKey } from './withdraw-key.js';

/** A key in the responses for operators. */
export interface KeyView {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: KeyState;
  readonly createdAt: string;
  readonly activatesAt: string;
  readonly retiresAt: string | null;
  readonly goneAt: string | null;
  readonly compromisedAt: string | null;
}

/** Changes of the keys by an operator. They take effect at once in this instance, and within seconds in others. */
export class OperateKeys {
  constructor(
    private readonly db: AuthDatabase,
    private readonly store: KeyStore,
    private readonly ring: KeyRing,
    private readonly rotation: KeyRotation,
    private readonly retireKey: RetireKey,
    private readonly withdrawKey: WithdrawKey,
    private readonly clock: Clock,
  ) {}

  /** All keys, newest first. */
  async list(): Promise<KeyView[]> {
    const now = this.clock.now();
    return (await this.store.load(this.db)).map((key) => view(key, now));
  }

  /** Publishes a successor of the active key, unless there is one. */
  async rotate(actor: AuditActor): Promise<KeyView[]> {
    await this.rotation.rotateNow(actor);
    return this.follow();
  }

  /** @throws Refusal `not_found`, `key_not_active` */
  async retire(kid: string, actor: AuditActor): Promise<KeyView[]> {
    await this.retireKey.run(kid, actor);
    return this.follow();
  }

  /** @throws Refusal `not_found` */
  async compromise(kid: string, actor: AuditActor): Promise<KeyView[]> {
    await this.withdrawKey.run(kid, actor);
    return this.follow();
  }

  private async follow(): Promise<KeyView[]> {
    await this.ring.refresh();
    return this.list();
  }
}

/** In shared-secret mode there are no signing keys. */
export function refuseWithoutKeys(signing: 'asymmetric' | 'shared-secret'): void {
  if (signing === 'asymmetric') return;
  throw new Refusal('conflict', 'shared_secret_mode', 'With JWT_SIGNING=shared-secret there are no signing keys');
}

function view(key: SigningKey, now: number): KeyView {
  return {
    kid: key.kid,
    algorithm: key.algorithm,
    state: keyState(key, now),
    createdAt: new Date(key.createdAt).toISOString(),
    activatesAt: new Date(key.activatesAt).toISOString(),
    retiresAt: instant(key.retiresAt),
    goneAt: instant(key.goneAt),
    compromisedAt: instant(key.compromisedAt),
  };
}

function instant(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}
