import { hkdfSync } from 'node:crypto';

const BYTES = 32;

/** One key-encryption key. A higher version is not better: the first of the list is the one in use. */
export interface KeyEncryptionKey {
  readonly version: number;
  readonly secret: Buffer;
}

/**
 * The issuer's root secrets, kept outside of the database: the first is in use, the others are there to read what was
 * written with them. Everything that needs a key derives its own (RFC 5869), so that none is used for two purposes.
 */
export class KeyEncryptionKeys {
  readonly current: KeyEncryptionKey;

  constructor(private readonly keys: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]]) {
    this.current = keys[0];
  }

  /** The key of that version for one purpose, or undefined when it isn't configured any more. */
  derive(version: number, purpose: string): Buffer | undefined {
    const key = this.keys.find((candidate) => candidate.version === version);
    return key === undefined ? undefined : deriveFrom(key.secret, purpose);
  }

  /** The keys for one purpose, the one in use first. */
  deriveAll(purpose: string): readonly [Buffer, ...Buffer[]] {
    const [current, ...others] = this.keys;
    return [deriveFrom(current.secret, purpose), ...others.map(({ secret }) => deriveFrom(secret, purpose))];
  }
}

/**
 * Reads `version:secret[,version:secret…]`; secrets are base64url of 32 bytes.
 *
 * @throws TypeError saying what is wrong with it, without the value
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
