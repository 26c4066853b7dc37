import { Global, Module } from '@nestjs/common';
import { HealthRegistry, provide, tokenOf } from '@watchword/platform';
import { join } from 'node:path';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { issuerSecrets } from './signing/issuer-secrets.js';
import { JwksController } from './publishing/jwks.controller.js';
import { readOrMakeKeyFile } from './storage/key-encryption-key-file.js';
import type { SigningAlgorithm } from '../cryptography/signing-algorithm.js';
import { KeyEncryptionKeys, parseKeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeyRing } from './publishing/key-ring.js';
import { KeyRingSigner } from './signing/key-ring-signer.js';
import { KeyRotation } from './rotation/key-rotation.js';
import { KeySchedule } from './rotation/key-schedule.js';
import { KeyStore } from './storage/key-store.js';
import { type KeyTiming, keyTiming } from './rotation/key-timing.js';
import { openKeyRing } from './rotation/open-key-ring.js';
import { OperateKeys } from './rotation/operate-keys.js';
import { PrivateKeyEncryption } from './storage/private-key-encryption.js';
import { RetireKey } from './rotation/retire-key.js';
import { SharedSecretSigner } from './signing/shared-secret-signer.js';
import { SigningReadiness } from './signing/signing-readiness.js';
import { IssuerTokenSigner, TokenSigner } from './signing/token-signer.js';
import { WithdrawKey } from './rotation/withdraw-key.js';

const KEY_TIMING = tokenOf<KeyTiming>(Symbol('KeyTiming'));
const SIGNING_ALGORITHM = tokenOf<SigningAlgorithm>(Symbol('SigningAlgorithm'));

@Global()
@Module({
  controllers: [JwksController],
  providers: [
    provide(KeyEncryptionKeys, [AuthConfig], ({ KEY_ENCRYPTION_KEYS, DATA_DIR }) =>
      KEY_ENCRYPTION_KEYS === undefined
        ? readOrMakeKeyFile(join(DATA_DIR, 'auth-key-encryption-key'))
        : parseKeyEncryptionKeys(KEY_ENCRYPTION_KEYS),
    ),
    provide(PrivateKeyEncryption, [KeyEncryptionKeys]),
    provide(KeyStore, [PrivateKeyEncryption]),
    provide(KEY_TIMING, [AuthConfig], keyTiming),
    provide(SIGNING_ALGORITHM, [AuthConfig], (config) => config.JWT_ALGORITHM),
    provide(KeyRotation, [AuthDatabase, KeyStore, SecurityEventLog, AuditLog, SIGNING_ALGORITHM, KEY_TIMING, CLOCK]),
    provide(
      KeyRing,
      [AuthDatabase, KeyStore, KeyRotation, AuthConfig, KEY_TIMING, CLOCK],
      (db, store, rotation, config, timing, clock) => {
        const ring = new KeyRing(() => store.load(db), timing.lease, clock);
        return config.JWT_SIGNING === 'asymmetric' ? openKeyRing(ring, rotation, store, db) : ring;
      },
    ),
    provide(RetireKey, [AuthDatabase, KeyRotation, AuditLog, KEY_TIMING, CLOCK]),
    provide(WithdrawKey, [AuthDatabase, KeyStore, SecurityEventLog, AuditLog, SIGNING_ALGORITHM, KEY_TIMING, CLOCK]),
    provide(OperateKeys, [AuthDatabase, KeyStore, KeyRing, KeyRotation, RetireKey, WithdrawKey, CLOCK]),
    {
      provide: KeySchedule,
      inject: [KeyRotation, KeyRing, AuthConfig],
      useFactory: (rotation: KeyRotation, ring: KeyRing, config: AuthConfig) =>
        config.JWT_SIGNING === 'asymmetric' ? new KeySchedule(rotation, ring, config.KEY_RING_POLL * 1000) : null,
    },
    provide(TokenSigner, [AuthConfig, KeyRing], (config, ring) =>
      config.JWT_SIGNING === 'asymmetric' ? new KeyRingSigner(ring) : new SharedSecretSigner(config.sharedSecrets[0]),
    ),
    provide(IssuerTokenSigner, [AuthConfig, TokenSigner, KeyEncryptionKeys], (config, signer, keys) =>
      config.JWT_SIGNING === 'asymmetric' ? signer : new SharedSecretSigner(issuerSecrets(keys)[0]),
    ),
    provide(SigningReadiness, [TokenSigner, HealthRegistry]),
  ],
  exports: [KeyEncryptionKeys, KeyRing, KeyRotation, KeyStore, OperateKeys, TokenSigner, IssuerTokenSigner],
})
export class KeysModule {}
