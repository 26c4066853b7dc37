import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { KeyEncryptionKeys } from '../keys/key-encryption-keys.js';
import { emailKey } from './email.js';

const ID_BYTES = 16;

/**
 * Remembers on a device that somebody has logged in from it, by a signed token that the device keeps (OWASP's "device
 * cookie"). Such a device has its own count of failures: an attacker who uses up the account's can't lock it out.
 */
export class KnownDevices {
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(keys: KeyEncryptionKeys) {
    this.keys = keys.deriveAll('known device');
  }

  /** A token for the device from which somebody has just logged in. */
  remember(email: string): string {
    const id = randomBytes(ID_BYTES).toString('base64url');
    return `${id}.${tagOf(this.keys[0], id, email).toString('base64url')}`;
  }

  /** @returns the device's id when the token is genuine and for that account */
  recognise(token: string | undefined, email: string): string | undefined {
    const [id = '', tag = '', ...rest] = token?.split('.') ?? [];
    const given = Buffer.from(tag, 'base64url');
    if (id === '' || rest.length > 0) return undefined;
    const genuine = this.keys
      .map((key) => tagOf(key, id, email))
      .some((expected) => expected.length === given.length && timingSafeEqual(expected, given));
    return genuine ? id : undefined;
  }
}

function tagOf(key: Buffer, id: string, email: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([id, emailKey(email)]))
    .digest();
}
