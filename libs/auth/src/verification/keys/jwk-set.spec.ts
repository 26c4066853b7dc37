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

const ownKey = () => jwk(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, { alg: 'ES256' });

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
    const { keys } = readJwkSet({ keys: [good, { ...rsa, alg: undefined }, ed, p384] }, [
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

  it.each(unsound)('is read without %s, which is told without quoting it', (_, key, reason) => {
    const other = { ...ownKey(), kid: 'other' };
    const { keys, unsound: told } = readJwkSet({ keys: [other, key] }, ALGORITHMS);
    expect([...keys.keys()]).toEqual(['other']);
    expect(told).toEqual([expect.stringMatching(reason)]);
    expect(told[0]).toMatch(/^key 1: /);
    const secrets = Object.entries(Object(key) as Jwk).filter(([name]) => ['d', 'k', 'x', 'n'].includes(name));
    for (const [, value] of secrets) if (String(value).length > 4) expect(told[0]).not.toContain(value);
  });

  it.each([
    ['first', (leaked: Jwk, twin: Jwk) => [leaked, twin, good]],
    ['last', (leaked: Jwk, twin: Jwk) => [good, twin, leaked]],
  ])('uses no key whose private half is in the set, under whatever kid, %s', (_, order) => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const twin = jwk(pair.publicKey, { kid: 'twin', alg: 'ES256' });
    for (const kid of ['twin', 'leaked', undefined]) {
      const { keys, unsound: told } = readJwkSet(
        { keys: order(jwk(pair.privateKey, { kid, use: 'enc' }), twin) },
        ALGORITHMS,
      );
      expect([...keys.keys()]).toEqual(['good']);
      expect(told.join()).toMatch(/private member/);
      expect(told.join()).toMatch(/private half/);
    }
  });

  describe('in which a kid is there twice', () => {
    const read = (...keys: Jwk[]) => readJwkSet({ keys }, ALGORITHMS);
    const other = ownKey();
    const twice = ['key 0: another key has the same kid', 'key 1: another key has the same kid'];

    it('has none of two different keys, in either order, and the others', () => {
      const named = { ...other, kid: 'good' };
      for (const pair of [[good, named] as const, [named, good] as const]) {
        const { keys, unsound: told } = read(...pair, ed);
        expect([...keys.keys()]).toEqual(['ed']);
        expect(told).toEqual(twice);
      }
    });

    it('has none of three, however often one of them comes', () => {
      expect(read(good, { ...other, kid: 'good' }, good).keys.size).toBe(0);
      expect(read(good, good, { ...other, kid: 'good' }).keys.size).toBe(0);
    });

    it('has none of a sound and an unsound one, in either order', () => {
      const weak = { kty: 'oct', k: 'AAAA', kid: 'good' };
      expect(read(good, weak).keys.size).toBe(0);
      expect(read(weak, good).keys.size).toBe(0);
    });

    it('has neither of one key for two algorithms', () => {
      const keys = [rsa, { ...rsa, alg: 'PS256' }];
      expect(readJwkSet({ keys }, ['RS256', 'PS256']).keys.size).toBe(0);
    });

    it('has the key once that is there twice, and says so', () => {
      const { keys, unsound: told } = read(good, { ...good, alg: undefined });
      expect([...keys.keys()]).toEqual(['good']);
      expect(told).toEqual(['key 1: the same key twice']);
    });

    it('has the one that may verify, where the other is for encryption (RFC 7517 §4.5)', () => {
      expect(read({ ...rsa, use: 'enc', kid: 'good' }, good)).toMatchObject({ unsound: [] });
      expect(read({ ...rsa, use: 'enc', kid: 'good' }, good).keys.size).toBe(1);
    });
  });

  it.each(leftOut)('is read without a key that %s', (_, key) => {
    const { keys, unsound: told } = readJwkSet({ keys: [good, key] }, ALGORITHMS);
    expect([...keys.keys()]).toEqual(['good']);
    expect(told).toEqual([]);
  });

  it.each([[{}], [{ keys: {} }], [{ keys: null }], [{ keys: 'x' }]])(
    'is refused when it is not a list of keys: %j',
    (set) => {
      expect(() => readJwkSet(set, ALGORITHMS)).toThrow(JwkSetError);
    },
  );

  it.each([
    ['EdDSA', ['EdDSA'], 'EdDSA'],
    ['EdDSA', ['Ed25519', 'EdDSA'], 'EdDSA'],
    ['Ed25519', ['EdDSA', 'Ed25519'], 'Ed25519'],
    ['EdDSA', ['Ed25519'], undefined],
    ['Ed25519', ['EdDSA'], undefined],
    [undefined, ['Ed25519'], 'Ed25519'],
  ] as const)('has an Ed25519 key of alg %s for an issuer that may use %j as %s', (alg, algorithms, expected) => {
    expect(readJwkSet({ keys: [{ ...ed, alg }] }, algorithms).keys.get('ed')?.algorithm).toBe(expected);
  });

  it('takes 100 keys, and not 101', () => {
    const keys = (count: number) => Array.from({ length: count }, (_, i) => ({ ...good, kid: `kid-${i}` }));
    expect(readJwkSet({ keys: keys(100) }, ALGORITHMS).keys.size).toBe(100);
    expect(() => readJwkSet({ keys: keys(101) }, ALGORITHMS)).toThrow('more than 100 keys');
  });

  it('takes Ed25519 keys of 200 pairs, and none of them for a weak one', () => {
    for (let i = 0; i < 200; i += 1) {
      const key = jwk(generateKeyPairSync('ed25519').publicKey, { kid: 'ed' });
      expect(readJwkSet({ keys: [key] }, ['EdDSA']).keys.size).toBe(1);
    }
  });
});
