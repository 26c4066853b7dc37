import { generateKeyPairSync } from 'node:crypto';
import { JwkSetError, readJwkSet } from './jwk-set.js';

type Jwk = Record<string, unknown>;

const jwk = (key: { export(options: { format: 'jwk' }): object }, members: Jwk): Jwk => ({
  ...key.export({ format: 'jwk' }),
  ...members,
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, { kid: 'p384' });
const rsa = jwk(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey, { kid: 'rsa', alg: 'RS256' });
const ed = jwk(generateKeyPairSync('ed25519').publicKey, { kid: 'ed' });
const good = jwk(ec.publicKey, { kid: 'good', alg: 'ES256', use: 'sig' });
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'] as const;

const point = (hex: string) => ({ ...ed, x: Buffer.from(hex, 'hex').toString('base64url') });
const evenModulus = () => {
  const bytes = Buffer.from(rsa.n as string, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(255) & 0xfe, 255);
  return bytes.toString('base64url');
};
const exponent = (...bytes: number[]) => ({ ...rsa, e: Buffer.from(bytes).toString('base64url') });

const unsound: readonly (readonly [string, unknown, RegExp])[] = [
  ['a private EC key', jwk(ec.privateKey, { kid: 'x' }), /private/],
  ['a d that is null', { ...good, kid: 'x', d: null }, /private/],
  ['a symmetric key', { kty: 'oct', kid: 'x', alg: 'HS256' }, /symmetric/],
  ['a private key of a type that nobody knows', { kty: 'AKP', kid: 'x', pub: 'AAAA', priv: 'AAAA' }, /private/],
  ['a k on a public key', { ...good, kid: 'x', k: 'AAAA' }, /private/],
  ['a point off its curve', { ...good, kid: 'x', y: good.x }, /not a valid public key/],
  ['a coordinate that is padded', { ...good, kid: 'x', x: `${String(good.x)}=` }, /x is not base64url/],
  ['a coordinate that is missing', { ...good, kid: 'x', y: undefined }, /y is not base64url/],
  ['RSA of 1024 bits', jwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, { kid: 'x' }), /1024 bits/],
  ['RSA of 16384 bits', { ...rsa, n: Buffer.alloc(2048, 0xff).toString('base64url') }, /16384 bits/],
  ['RSA with an even modulus', { ...rsa, n: evenModulus() }, /even modulus/],
  ['RSA with exponent 3', exponent(3), /exponent/],
  ['RSA with exponent 1', exponent(1), /exponent/],
  ['RSA with an even exponent', exponent(1, 0, 2), /exponent/],
  [
    'RSA with an exponent as long as its modulus',
    exponent(...Array.from({ length: 200 }, () => 0xff)),
    /exponent|valid/,
  ],
  ['an Ed25519 point of 31 bytes', point('11'.repeat(31)), /point|valid/],
  ['the neutral element of Ed25519', point(`01${'00'.repeat(31)}`), /small order/],
  ['an Ed25519 point of order 2', point(`ec${'ff'.repeat(30)}7f`), /small order/],
  ['an Ed25519 point of order 4', point('00'.repeat(32)), /small order/],
  [
    'an Ed25519 point of order 8',
    point('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    /small order/,
  ],
  ['an Ed25519 point that is not canonical', point(`ee${'ff'.repeat(30)}7f`), /curve/],
  ['an Ed25519 point off the curve', point(`02${'00'.repeat(31)}`), /curve/],
  ['a kid that is a number', { ...good, kid: 7 }, /kid/],
  ['a kid that is empty', { ...good, kid: '' }, /kid/],
  ['a kid of 257 characters', { ...good, kid: 'k'.repeat(257) }, /kid/],
  ['a kid that is there twice', good, /twice/],
  ['a use that is a list', { ...good, kid: 'x', use: ['sig'] }, /use/],
  ['key_ops that are text', { ...good, kid: 'x', key_ops: 'verify' }, /key_ops/],
  ['text', 'key', /not an object/],
  ['null', null, /not an object/],
];

const leftOut: readonly (readonly [string, Jwk])[] = [
  ['is for encryption', { ...rsa, use: 'enc' }],
  ['may only sign', { ...good, kid: 'x', key_ops: ['sign'] }],
  ['is for an algorithm that this issuer may not use', { ...rsa, alg: 'PS256' }],
  ['is on a curve that this issuer may not use', p384],
  ['is of a type that nobody knows', { kty: 'AKP', kid: 'x', pub: 'AAAA' }],
  ['has no kid', { ...good, kid: undefined }],
  ['says ES256 but is RSA', { ...rsa, alg: 'ES256' }],
];

describe('a JWK Set', () => {
  it('gives each key its one algorithm, by alg or by type', () => {
    const keys = readJwkSet({ keys: [good, { ...rsa, alg: undefined }, ed, p384] }, [
      'PS256',
      'ES256',
      'EdDSA',
      'RS256',
    ]);
    expect(Object.fromEntries([...keys].map(([kid, { algorithm }]) => [kid, algorithm]))).toEqual({
      good: 'ES256',
      rsa: 'PS256',
      ed: 'EdDSA',
    });
  });

  it.each(unsound)('is refused whole for %s', (_, key, reason) => {
    const read = () => readJwkSet({ keys: [good, key] }, ALGORITHMS);
    expect(read).toThrow(JwkSetError);
    expect(read).toThrow(reason);
  });

  it.each(leftOut)('is read without a key that %s', (_, key) => {
    expect([...readJwkSet({ keys: [good, key] }, ALGORITHMS).keys()]).toEqual(['good']);
    expect(() => readJwkSet({ keys: [key] }, ALGORITHMS)).toThrow('no key that can verify');
  });

  it.each([[{}], [{ keys: {} }], [{ keys: [] }]])('is refused when it is not a list of keys: %j', (set) => {
    expect(() => readJwkSet(set, ALGORITHMS)).toThrow(JwkSetError);
  });

  it('takes 100 keys, and not 101', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => ({ ...good, kid: `kid-${i}` }));
    expect(readJwkSet({ keys: keys(100) }, ALGORITHMS).size).toBe(100);
    expect(() => readJwkSet({ keys: keys(101) }, ALGORITHMS)).toThrow('more than 100 keys');
  });

  it('takes Ed25519 keys of 200 pairs, and none of them for a weak one', () => {
    for (let i = 0; i < 200; i += 1) {
      const key = jwk(generateKeyPairSync('ed25519').publicKey, { kid: 'ed' });
      expect(readJwkSet({ keys: [key] }, ['EdDSA']).size).toBe(1);
    }
  });
});
