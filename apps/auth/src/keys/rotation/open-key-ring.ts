import { Logger } from '@nestjs/common';
import type { AuthDatabase } from '../../database/auth-database.js';
import type { KeyRing } from '../publishing/key-ring.js';
import type { KeyRotation } from './key-rotation.js';
import type { KeyStore } from '../storage/key-store.js';

/** Makes the keys ready for use at boot, before anything signs or verifies: there is one, and the ring knows it. */
export async function openKeyRing(
  ring: KeyRing,
  rotation: KeyRotation,
  store: KeyStore,
  db: AuthDatabase,
): Promise<KeyRing> {
  const reencrypted = await store.reencrypt(db);
  if (reencrypted > 0) {
    new Logger('Keys').log(`${String(reencrypted)} signing keys are encrypted with the new key-encryption key`);
  }
  await rotation.ensureFirst();
  await rotation.adoptAlgorithm();
  await ring.refresh();
  return ring;
}
