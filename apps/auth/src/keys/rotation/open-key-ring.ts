import { Logger } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import type { AuthConfig } from '../../config/index.js';
import type { AuthDatabase } from '../../database/auth-database.js';
import { KeyRing } from '../publishing/key-ring.js';
import type { KeyStore } from '../storage/key-store.js';
import type { KeyRotation } from './key-rotation.js';
import type { KeyTiming } from './key-timing.js';

/** Opens the key ring with at least one key, before anything signs or verifies. In shared-secret mode it is empty. */
export async function openKeyRing(
  db: AuthDatabase,
  store: KeyStore,
  rotation: KeyRotation,
  { JWT_SIGNING }: AuthConfig,
  { lease }: KeyTiming,
  clock: Clock,
): Promise<KeyRing> {
  const ring = new KeyRing(() => store.load(db), lease, clock);
  if (JWT_SIGNING === 'shared-secret') return ring;
  const reencrypted = await store.reencrypt(db);
  if (reencrypted > 0) {
    new Logger('Keys').log(`${String(reencrypted)} signing keys are encrypted with the new key-encryption key`);
  }
  await rotation.ensureFirst();
  await rotation.adoptAlgorithm();
  await ring.refresh();
  return ring;
}
