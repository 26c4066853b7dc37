import { Module } from '@nestjs/common';
import { HealthRegistry, provide, tokenOf } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import { AuthDatabase } from '../database/auth-database.js';
import { AuditLog } from '../security-events/audit-log.js';
import { SecurityEventLog } from '../security-events/security-event-log.js';
import { SecurityEventsModule } from '../security-events/security-events.module.js';
import { JwksController } from './publishing/jwks.controller.js';
import { openKeyEncryptionKeys } from './storage/key-encryption-key-file.js';
import type { SigningAlgorithm } from '../cryptography/signing-algorithm.js';
import { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { KeyRing } from './publishing/key-ring.js';
import { createIssuerTokenSigner, createTokenSigner } from './signing/create-token-signers.js';
import { KeyRotation } from './rotation/key-rotation.js';
import { KeySchedule } from './rotation/key-schedule.js';
import { KeyStore } from './storage/key-store.js';
import { type KeyTiming, keyTiming } from './rotation/key-timing.js';
import { openKeyRing } from './rotation/open-key-ring.js';
import { OperateKeys } from './rotation/operate-keys.js';
import { PrivateKeyEncryption } from './storage/private-key-encryption.js';
import { RetireKey } from './rotation/retire-key.js';
import { SigningReadiness } from './signing/signing-readiness.js';
import { IssuerTokenSigner, TokenSigner } from './signing/token-signer.js';
import { WithdrawKey } from './rotation/withdraw-key.js';

const KEY_TIMING = tokenOf<KeyTiming>(Symbol('KeyTiming'));
const SIGNING_ALGORITHM = tokenOf<SigningAlgorithm>(Symbol('SigningAlgorithm'));

@Module({
  imports: [SecurityEventsModule],
  controllers: [JwksController],
  providers: [
    provide(KeyEncryptionKeys, [AuthConfig], openKeyEncryptionKeys),
    provide(PrivateKeyEncryption, [KeyEncryptionKeys]),
    provide(KeyStore, [PrivateKeyEncryption]),
    provide(KEY_TIMING, [AuthConfig], keyTiming),
    provide(SIGNING_ALGORITHM, [AuthConfig], (config) => config.JWT_ALGORITHM),
    provide(KeyRotation, [AuthDatabase, KeyStore, SecurityEventLog, AuditLog, SIGNING_ALGORITHM, KEY_TIMING, CLOCK]),
    provide(KeyRing, [AuthDatabase, KeyStore, KeyRotation, AuthConfig, KEY_TIMING, CLOCK], openKeyRing),
    provide(RetireKey, [AuthDatabase, KeyStore, KeyRotation, AuditLog, KEY_TIMING, CLOCK]),
    provide(WithdrawKey, [AuthDatabase, KeyStore, SecurityEventLog, AuditLog, SIGNING_ALGORITHM, KEY_TIMING, CLOCK]),
    provide(OperateKeys, [AuthDatabase, KeyStore, KeyRing, KeyRotation, RetireKey, WithdrawKey, CLOCK]),
    provide(KeySchedule, [KeyRotation, KeyRing, AuthConfig]),
    provide(TokenSigner, [AuthConfig, KeyRing], createTokenSigner),
    provide(IssuerTokenSigner, [AuthConfig, TokenSigner, KeyEncryptionKeys], createIssuerTokenSigner),
    provide(SigningReadiness, [TokenSigner, HealthRegistry]),
  ],
  exports: [KeyEncryptionKeys, KeyRing, KeyRotation, KeyStore, OperateKeys, TokenSigner, IssuerTokenSigner],
})
export class KeysModule {}
