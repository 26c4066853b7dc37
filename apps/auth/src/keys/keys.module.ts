import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { DATABASE, HealthRegistry } from '@watchword/platform';
import { join } from 'node:path';
import { AuthConfig, CLOCK } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { issuerSecrets } from './signing/issuer-secrets.js';
import { JwksController } from './publishing/jwks.controller.js';
import { readOrMakeKeyFile } from './storage/key-encryption-key-file.js';
import { KeyEncryptionKeys, parseKeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeyRing } from './publishing/key-ring.js';
import { KeyRingSigner } from './signing/key-ring-signer.js';
import { KeyRotation } from './rotation/key-rotation.js';
import { KeySchedule } from './rotation/key-schedule.js';
import { KeyStore } from './storage/key-store.js';
import { keyTiming } from './rotation/key-timing.js';
import { openKeyRing } from './rotation/open-key-ring.js';
import { OperateKeys } from './rotation/operate-keys.js';
import { PrivateKeyEncryption } from './storage/private-key-encryption.js';
import { RetireKey } from './rotation/retire-key.js';
import { SharedSecretSigner } from './signing/shared-secret-signer.js';
import { SigningReadiness } from './signing/signing-readiness.js';
import { IssuerTokenSigner, TokenSigner } from './signing/token-signer.js';
import { WithdrawKey } from './rotation/withdraw-key.js';

@Global()
@Module({
  controllers: [JwksController],
  providers: [
    {
      provide: KeyEncryptionKeys,
      inject: [AuthConfig],
      useFactory: ({ KEY_ENCRYPTION_KEYS, DATA_DIR }: AuthConfig) =>
        KEY_ENCRYPTION_KEYS === undefined
          ? readOrMakeKeyFile(join(DATA_DIR, 'auth-key-encryption-key'))
          : parseKeyEncryptionKeys(KEY_ENCRYPTION_KEYS),
    },
    {
      provide: KeyStore,
      inject: [KeyEncryptionKeys],
      useFactory: (keys: KeyEncryptionKeys) => new KeyStore(new PrivateKeyEncryption(keys)),
    },
    {
      provide: KeyRotation,
      inject: [DATABASE, KeyStore, SecurityEventLog, AuditLog, AuthConfig, CLOCK],
      useFactory: (
        db: AuthDatabase,
        store: KeyStore,
        events: SecurityEventLog,
        audit: AuditLog,
        config: AuthConfig,
        clock: Clock,
      ) => new KeyRotation(db, store, events, audit, config.JWT_ALGORITHM, keyTiming(config), clock),
    },
    {
      provide: KeyRing,
      inject: [DATABASE, KeyStore, KeyRotation, AuthConfig, CLOCK],
      useFactory: (db: AuthDatabase, store: KeyStore, rotation: KeyRotation, config: AuthConfig, clock: Clock) => {
        const ring = new KeyRing(() => store.load(db), keyTiming(config).lease, clock);
        return config.JWT_SIGNING === 'asymmetric' ? openKeyRing(ring, rotation, store, db) : ring;
      },
    },
    {
      provide: OperateKeys,
      inject: [DATABASE, KeyStore, KeyRing, KeyRotation, SecurityEventLog, AuditLog, AuthConfig, CLOCK],
      useFactory: (
        db: AuthDatabase,
        store: KeyStore,
        ring: KeyRing,
        rotation: KeyRotation,
        events: SecurityEventLog,
        audit: AuditLog,
        config: AuthConfig,
        clock: Clock,
      ) => {
        const timing = keyTiming(config);
        const retire = new RetireKey(db, rotation, audit, timing, clock);
        const withdraw = new WithdrawKey(db, store, events, audit, config.JWT_ALGORITHM, timing, clock);
        return new OperateKeys(db, store, ring, rotation, retire, withdraw, clock);
      },
    },
    {
      provide: KeySchedule,
      inject: [KeyRotation, KeyRing, AuthConfig],
      useFactory: (rotation: KeyRotation, ring: KeyRing, config: AuthConfig) =>
        config.JWT_SIGNING === 'asymmetric' ? new KeySchedule(rotation, ring, config.KEY_RING_POLL * 1000) : null,
    },
    {
      provide: TokenSigner,
      inject: [AuthConfig, KeyRing],
      useFactory: (config: AuthConfig, ring: KeyRing): TokenSigner =>
        config.JWT_SIGNING === 'asymmetric' ? new KeyRingSigner(ring) : new SharedSecretSigner(config.sharedSecrets[0]),
    },
    {
      provide: IssuerTokenSigner,
      inject: [AuthConfig, TokenSigner, KeyEncryptionKeys],
      useFactory: (config: AuthConfig, signer: TokenSigner, keys: KeyEncryptionKeys): TokenSigner =>
        config.JWT_SIGNING === 'asymmetric' ? signer : new SharedSecretSigner(issuerSecrets(keys)[0]),
    },
    {
      provide: SigningReadiness,
      inject: [TokenSigner, HealthRegistry],
      useFactory: (signer: TokenSigner, health: HealthRegistry) => new SigningReadiness(signer, health),
    },
  ],
  exports: [KeyEncryptionKeys, KeyRing, KeyRotation, KeyStore, OperateKeys, TokenSigner, IssuerTokenSigner],
})
export class KeysModule {}
