import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { calculateJwkThumbprint } from 'jose';
import { readSharedSecret, sharedSecretKeyId } from './shared-secret.js';

const encode = (text: string | Buffer) => Buffer.from(text as string).toString('base64url');

const weak: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /0 bytes/],
  ['31 random bytes', randomBytes(31).toString('base64url'), /31 bytes/],
  ['not base64url', 'not base64url at all, but long enough to be a secret', /base64url/],
  ['padded', randomBytes(32).toString('base64'), /base64url/],
  ['all zero', encode(Buffer.alloc(32)), /repeats/],
  ['one short pattern again and again', encode(Buffer.from('0123456789abcdef'.repeat(4), 'hex')), /repeats/],
  ['a sequence', encode(Buffer.from(Array.from({ length: 32 }, (_, i) => i))), /repeats/],
  ['an encoded passphrase', encode('correct horse battery staple, with a few more words'), /text/],
  ['a word that happens to be base64url', 'a-string-secret-at-least-256-bits-long-really'.slice(0, 44), /text|repeats/],
  [
    'the example of RFC 7515',
    'AyM1SysPpbyDfZIld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
    /example/,
  ],
];

describe('a shared secret', () => {
  it.each(weak)('that is %s is refused, in words that do not repeat it', (_, secret, reason) => {
    expect(() => readSharedSecret(secret)).toThrow(TypeError);
    expect(() => readSharedSecret(secret)).toThrow(reason);
    expect(() => sharedSecretKeyId(secret)).toThrow(reason);
    if (secret !== '') expect(() => readSharedSecret(secret)).not.toThrow(secret);
  });

  it('of 32 random bytes or more is taken', () => {
    fc.assert(
      fc.property(fc.integer({ min: 32, max: 128 }), (length) => {
        const bytes = randomBytes(length);
        expect(readSharedSecret(encode(bytes))).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('made by openssl rand -hex 32 is taken', () => {
    expect(readSharedSecret(randomBytes(32).toString('hex'))).toHaveLength(48);
  });

  it('has its RFC 7638 thumbprint for a kid', async () => {
    const secret = randomBytes(32).toString('base64url');
    expect(sharedSecretKeyId(secret)).toBe(await calculateJwkThumbprint({ kty: 'oct', k: secret }));
  });
});
