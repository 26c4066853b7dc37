import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyEncryptionKeys } from '../cryptography/key-encryption-keys.js';
import { emailKey } from './email.js';

const ID_BYTES = 16;

/**
 * Recognises devices from which an account has logged in, by a signed token that the device stores (OWASP "device cookie"). Failed
 * logins from such a device are counted separately, so that an attacker who uses up the limit of the account cannot lock it out.
 * A device is known until the password changes.
 */
export class KnownDevices {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(keys: KeyEncryptionKeys) {
    this.keys = keys.deriveAll('known device');
  }

  /** A token for a device from which the account has just logged in. */
  remember(email: string, passwordChangedAt: Date): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    return `${id}.${tagOf(this.keys[0], id, email, passwordChangedAt).toString('base64url')}`;
  }

  /**
   * @param passwordChangedAt of the account; undefined if the account does not exist
   * @returns the id of the device, if the token is valid for that account with its current password
   */
  recognise(token: string | undefined, email: string, passwordChangedAt: Date | undefined): string | undefined {
    const [id = '', tag = '', ...rest] = token?.split('.') ?? [];
    const given = Buffer.from(tag, 'base64url');
    if (id === '' || rest.length > 0 || passwordChangedAt === undefined) return undefined;
    const genuine = this.keys
      .map((key) => tagOf(key, id, email, passwordChangedAt))
      .some((expected) => expected.length === given.length && timingSafeEqual(expected, given));
    return genuine ? id : undefined;
  }
}

function tagOf(key: Buffer, id: string, email: string, passwordChangedAt: Date): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, emailKey(email), passwordChangedAt.getTime()]))
    .digest();
}
