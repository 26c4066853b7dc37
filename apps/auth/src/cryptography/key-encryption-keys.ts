import { hkdfSync } from 'node:crypto';

const BYTES = 32;

/** A key-encryption key. The first one of the list is in use, not the one with the highest version. */
export interface KeyEncryptionKey {
  readonly version: number;
  readonly secret: Buffer;
}

/**
 * The root secrets of the issuer, which are not in the database. The first one is in use; the others only decrypt older data.
 * For each purpose a separate key is derived (RFC 5869), so that no key is used for two purposes.
 */
export class KeyEncryptionKeys {
  readonly current: KeyEncryptionKey;

  constructor(private readonly keys: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]]) {
    this.current = keys[0];
  }

  /** The key of that version for one purpose; undefined if that version is not configured. */
  derive(version: number, purpose: string): Buffer | undefined {
    const key = this.keys.find((candidate) => candidate.version === version);
    return key === undefined ? undefined : deriveFrom(key.secret, purpose);
  }

  /** The keys for one purpose; the first one is in use. */
  deriveAll(purpose: string): readonly [Buffer, ...Buffer[]] {
    const [current, ...others] = this.keys;
    return [deriveFrom(current.secret, purpose), ...others.map(({ secret }) => deriveFrom(secret, purpose))];
  }
}

/**
 * Parses `version:secret[,version:secret…]`; secrets are 32 bytes in base64url.
 *
 * @throws TypeError that says what is wrong, without the value
 */
export function parseKeyEncryptionKeys(text: string): KeyEncryptionKeys {
  const [current, ...others] = text.split(',').map((entry) => parseEntry(entry.trim()));
  if (current === undefined) throw new TypeError('at least one key-encryption key is needed');
  const versions = [current, ...others].map(({ version }) => version);
  if (new Set(versions).size !== versions.length) throw new TypeError('each version may occur once');
  return new KeyEncryptionKeys([current, ...others]);
}

function parseEntry(entry: string): KeyEncryptionKey {
  const [, version, secret] = /^(\d{1,9}):([A-Za-z0-9_-]+)$/.exec(entry) ?? [];
  if (version === undefined || secret === undefined) {
    throw new TypeError('each entry must be VERSION:SECRET, with a number and base64url');
  }
  const bytes = Buffer.from(secret, 'base64url');
  if (bytes.length !== BYTES) throw new TypeError(`each secret must be ${String(BYTES)} bytes`);
  return { version: Number(version), secret: bytes };
}

function deriveFrom(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `watchword ${purpose}`, BYTES));
}
