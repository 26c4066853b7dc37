import { OperatorError } from '@watchword/platform';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOrMakeKeyFile } from './key-encryption-key-file.js';
import { KeyEncryptionKeys, parseKeyEncryptionKeys } from '../../cryptography/key-encryption-keys.js';
import { PrivateKeyEncryption } from './private-key-encryption.js';
import { generateSigningKeyPair } from '../../cryptography/signing-algorithm.js';

const IDENTITY = { kid: 'a', algorithm: 'ES256' };
const secret = () => randomBytes(32).toString('base64url');

describe('a private key at rest', () => {
  const encryption = new PrivateKeyEncryption(parseKeyEncryptionKeys(`1:${secret()}`));

  async function sealed() {
    const { privateKey } = await generateSigningKeyPair('ES256');
    return { privateKey, box: encryption.seal(privateKey, IDENTITY) };
  }

  it('opens again, for the same key alone', async () => {
    const { privateKey, box } = await sealed();
    expect(encryption.open(box, IDENTITY).equals(privateKey)).toBe(true);
    expect(() => encryption.open(box, { ...IDENTITY, kid: 'b' })).toThrow('cannot be decrypted');
    expect(() => encryption.open(box, { ...IDENTITY, algorithm: 'EdDSA' })).toThrow('cannot be decrypted');
  });

  it('does not open once a bit of it was changed', async () => {
    const { box } = await sealed();
    for (const position of [0, 20, box.bytes.length - 1]) {
      const bytes = Buffer.from(box.bytes);
      bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
      expect(() => encryption.open({ ...box, bytes }, IDENTITY)).toThrow('cannot be decrypted');
    }
  });

  it('does not open with another secret of the same version', async () => {
    const { box } = await sealed();
    const other = new PrivateKeyEncryption(parseKeyEncryptionKeys(`1:${secret()}`));
    expect(() => other.open(box, IDENTITY)).toThrow('cannot be decrypted');
  });

  it('says what to do when its version is not configured', async () => {
    const { box } = await sealed();
    expect(() => encryption.open({ ...box, version: 7 }, IDENTITY)).toThrow(/version 7 .* KEY_ENCRYPTION_KEYS/);
  });

  it('is never sealed twice alike', async () => {
    const { privateKey, box } = await sealed();
    expect(encryption.seal(privateKey, IDENTITY).bytes.equals(box.bytes)).toBe(false);
  });
});

describe('KEY_ENCRYPTION_KEYS', () => {
  it('has the key in use first, whatever the versions', () => {
    const keys = parseKeyEncryptionKeys(`2:${secret()}, 5:${secret()}`);
    expect(keys.current.version).toBe(2);
    expect(keys.derive(5, 'x')).toBeInstanceOf(Buffer);
    expect(keys.derive(3, 'x')).toBeUndefined();
  });

  it('gives each purpose a key of its own', () => {
    const keys = new KeyEncryptionKeys([{ version: 1, secret: randomBytes(32) }]);
    expect(keys.derive(1, 'a')?.equals(keys.derive(1, 'b') ?? Buffer.alloc(0))).toBe(false);
    expect(keys.derive(1, 'a')?.equals(keys.current.secret)).toBe(false);
  });

  it.each([
    ['', 'VERSION:SECRET'],
    ['abc', 'VERSION:SECRET'],
    [`x:${secret()}`, 'VERSION:SECRET'],
    [`1:${secret()}=`, 'VERSION:SECRET'],
    [`1:${randomBytes(31).toString('base64url')}`, '32 bytes'],
    [`1:${secret()},1:${secret()}`, 'each version may occur once'],
  ])('refuses %j', (text, message) => {
    expect(() => parseKeyEncryptionKeys(text)).toThrow(message);
  });
});

describe("the embedded default's own key file", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'watchword-key-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made once, readable by its owner alone', () => {
    const path = join(directory, 'data', 'key');
    const { current } = readOrMakeKeyFile(path);
    expect(current.version).toBe(1);
    expect(readOrMakeKeyFile(path).current).toEqual(current);
    expect(readFileSync(path, 'utf8')).toBe(`1:${current.secret.toString('base64url')}\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'not a key', '1:c2hvcnQ', '\0\0\0\0'])(
    'is not made anew where it holds %j: names the file and the mend',
    (text) => {
      const path = join(directory, 'key');
      writeFileSync(path, text);
      expect(() => readOrMakeKeyFile(path)).toThrow(OperatorError);
      expect(() => readOrMakeKeyFile(path)).toThrow(`The file ${path} holds no key-encryption key`);
      expect(() => readOrMakeKeyFile(path)).toThrow('Restore it from a backup');
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  it('says which file it cannot make', () => {
    const path = join('/proc/watchword', 'key');
    expect(() => readOrMakeKeyFile(path)).toThrow(`The key-encryption key in ${path} cannot be read or created (E`);
  });
});
