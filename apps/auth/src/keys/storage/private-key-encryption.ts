import { OperatorError } from '@watchword/platform';
import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import type { KeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';

const PURPOSE = 'signing key encryption';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A stored private key. */
export interface EncryptedPrivateKey {
  /** Nonce, ciphertext and tag of AES-256-GCM. */
  readonly bytes: Buffer;
  /** The version of the key-encryption key. */
  readonly version: number;
}

/** What an encrypted key is bound to: it cannot be decrypted in another row. */
export interface KeyIdentity {
  readonly kid: string;
  readonly algorithm: string;
}

/** Encrypts private keys at rest. */
export class PrivateKeyEncryption {
  constructor(private readonly keys: KeyEncryptionKeys) {}

  get currentVersion(): number {
    return this.keys.current.version;
  }

  seal(privateKey: KeyObject, identity: KeyIdentity): EncryptedPrivateKey {
    const version = this.currentVersion;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyOf(version), nonce).setAAD(additionalData(identity));
    const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
    const bytes = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    plain.fill(0);
    return { bytes, version };
  }

  /** @throws OperatorError if the version is not configured, or the key was changed or belongs to another row */
  open({ bytes, version }: EncryptedPrivateKey, identity: KeyIdentity): KeyObject {
    const plain = this.decrypt(bytes, version, identity);
    const key = createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
    plain.fill(0);
    return key;
  }

  private decrypt(bytes: Buffer, version: number, identity: KeyIdentity): Buffer {
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.keyOf(version), nonce, { authTagLength: TAG_BYTES })
      .setAAD(additionalData(identity))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new OperatorError(
        `Signing key ${identity.kid} cannot be decrypted: version ${String(version)} of KEY_ENCRYPTION_KEYS is not the secret ` +
          'that it was encrypted with, or the row was changed',
      );
    }
  }

  private keyOf(version: number): Buffer {
    const key = this.keys.derive(version, PURPOSE);
    if (key === undefined) {
      throw new OperatorError(
        `A signing key is encrypted with version ${String(version)} of the key-encryption key, ` +
          'which KEY_ENCRYPTION_KEYS does not have; add it after the current one',
      );
    }
    return key;
  }
}

function additionalData({ kid, algorithm }: KeyIdentity): Buffer {
  return Buffer.from(JSON.stringify([kid, algorithm]));
}
