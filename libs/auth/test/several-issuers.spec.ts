import { randomBytes } from 'node:crypto';
import { createTestIssuer, type TestIssuer } from '../src/entry/testing.js';
import { TokenVerifier, type TrustedIssuer } from '../src/verification/index.js';
import { expectAccepted, expectRefused } from './attacks/describe-attacks.js';

describe('a service that trusts several issuers', () => {
  let own: TestIssuer;
  let partner: TestIssuer;
  let legacy: TestIssuer;
  let verifier: TokenVerifier;

  beforeAll(async () => {
    own = await createTestIssuer({ issuer: 'https://own.test' });
    partner = await createTestIssuer({ issuer: 'https://partner.test', algorithm: 'EdDSA' });
    legacy = await createTestIssuer({ issuer: 'https://legacy.test', algorithm: 'HS256' });
    verifier = new TokenVerifier({
      issuers: [own.trusted('orders'), partner.trusted('partner-api'), legacy.trusted('orders')],
    });
  });

  it('verifies tokens of each by its own keys, algorithm and audience', async () => {
    await expectAccepted(verifier, await own.mint());
    await expectAccepted(verifier, await partner.mint({ aud: ['partner-api'] }));
    await expectAccepted(verifier, await legacy.mint());
  });

  it('refuses a key of another issuer, under its own kid and under a trusted one', async () => {
    await expectRefused(verifier, await own.mint({ iss: legacy.issuer }), 'algorithm_not_allowed');
    const { key } = await createTestIssuer();
    await expectRefused(verifier, await own.mint({}, { key }), 'key_unknown');
    const disguised = { ...key, keyId: own.key.keyId };
    await expectRefused(verifier, await own.mint({}, { key: disguised }), 'signature_invalid');
  });

  it("refuses an algorithm that its issuer may use, but that is not the key's own", async () => {
    const issuer = await createTestIssuer({ algorithm: 'RS256' });
    const trusted: TrustedIssuer = {
      issuer: issuer.issuer,
      audience: 'orders',
      keys: { jwks: issuer.jwks() },
      algorithms: ['PS256', 'RS256', 'ES256'],
    };
    const both = new TokenVerifier({ issuers: [trusted] });
    await expectAccepted(both, await issuer.mint());
    for (const alg of ['PS256', 'ES256']) {
      await expectRefused(both, await issuer.mint({}, { header: { alg } }), 'algorithm_not_allowed');
    }
  });

  it("refuses one issuer's audience in another's tokens", async () => {
    await expectRefused(verifier, await own.mint({ aud: ['partner-api'] }), 'audience_mismatch');
    await expectRefused(verifier, await partner.mint({ aud: ['orders'] }), 'audience_mismatch');
  });

  it("refuses a secret's algorithm from an issuer of public keys, and the other way round", async () => {
    await expectRefused(verifier, await legacy.mint({ iss: own.issuer }), 'algorithm_not_allowed');
    await expectRefused(verifier, await partner.mint({ iss: legacy.issuer }), 'algorithm_not_allowed');
  });

  it('keeps subjects of the same name apart by issuer', async () => {
    const [a, b] = [await verifier.verify(await own.mint()), await verifier.verify(await legacy.mint())];
    expect([a.issuer, a.subject]).not.toEqual([b.issuer, b.subject]);
  });

  it('says of each whether it is ready', () => {
    expect(verifier.status().map(({ issuer, ready }) => [issuer, ready])).toEqual([
      ['https://own.test', true],
      ['https://partner.test', true],
      ['https://legacy.test', true],
    ]);
  });

  it('stops trusting the key of one without touching the others', async () => {
    const other = await createTestIssuer({ issuer: 'https://other.test' });
    const both = new TokenVerifier({ issuers: [own.trusted('orders'), other.trusted('orders')] });
    const token = await own.mint();
    await expectAccepted(both, token);
    expect(() => both.revokeKey(`${own.issuer}/`, own.key.keyId)).toThrow('not a trusted issuer');
    await expect(both.refreshKeys(`${own.issuer}/`)).rejects.toThrow('not a trusted issuer');
    both.revokeKey(own.issuer, own.key.keyId);
    await expectRefused(both, token, 'key_unknown');
    await expectAccepted(both, await other.mint());
    expect(both.status().map(({ ready }) => ready)).toEqual([false, true]);
  });
});

describe('a shared secret', () => {
  it('is changed without refusing anyone: both are good for a while, then the new one alone', async () => {
    const issuer = await createTestIssuer({ algorithm: 'HS256' });
    const old = issuer.key;
    const next = await issuer.rotate();
    const trust = (...secrets: [string] | [string, string]) =>
      new TokenVerifier({ issuers: [{ issuer: issuer.issuer, audience: 'orders', secrets }] });
    const both = trust(next.secret ?? '', old.secret ?? '');
    await expectAccepted(both, await issuer.mint({}, { key: old }));
    await expectAccepted(both, await issuer.mint());
    const later = trust(next.secret ?? '');
    await expectRefused(later, await issuer.mint({}, { key: old }), 'key_unknown');
    await expectAccepted(later, await issuer.mint());
  });
});

describe('a configuration that is not safe fails at boot, also where types did not see it', () => {
  const issuer = 'https://issuer.test';
  const audience = 'orders';
  const keys = { jwksUri: 'https://issuer.test/jwks.json' };
  const secrets = [randomBytes(32).toString('base64url')];

  it.each<[string, unknown, RegExp]>([
    ['no issuer', { audience, keys }, /`issuer`/],
    ['no audience', { issuer, keys }, /`audience`/],
    ['an empty audience', { issuer, audience: '', keys }, /`audience`/],
    ['no audience in the list', { issuer, audience: [], keys }, /`audience`/],
    ['neither keys nor secrets', { issuer, audience }, /either/],
    ['both keys and secrets', { issuer, audience, keys, secrets }, /either/],
    ['HS256 with a JWKS URL', { issuer, audience, keys, algorithms: ['HS256'] }, /HS256/],
    ['ES256 with a secret', { issuer, audience, secrets, algorithms: ['ES256'] }, /HS256/],
    ['none', { issuer, audience, keys, algorithms: ['none'] }, /none/],
    ['an inherited name for an algorithm', { issuer, audience, keys, algorithms: ['constructor'] }, /constructor/],
    ['no algorithm', { issuer, audience, keys, algorithms: [] }, /algorithms/],
    ['two sources of keys', { issuer, audience, keys: { ...keys, jwks: { keys: [] } } }, /exactly one/],
    ['no source of keys', { issuer, audience, keys: {} }, /exactly one/],
    ['a JWKS URL that is a file', { issuer, audience, keys: { jwksUri: 'file:///jwks.json' } }, /http/],
    [
      'a JWKS URL with a password',
      { issuer, audience, keys: { jwksUri: 'https://a:b@issuer.test' } },
      /^(?!.*a:b).*http/,
    ],
    ['a discovery by an issuer that is no URL', { issuer: 'us', audience, keys: { discovery: true } }, /http/],
    [
      'a static set with one unsound key',
      { issuer, audience, keys: { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } } },
      /key 0: a symm/,
    ],
    ['an empty static set', { issuer, audience, keys: { jwks: { keys: [] } } }, /no key/],
    ['a weak secret', { issuer, audience, secrets: ['secret'] }, /shared secret/],
    ['the same secret twice', { issuer, audience, secrets: [...secrets, ...secrets] }, /same/],
    ['three secrets', { issuer, audience, secrets: ['a', 'b', 'c'] }, /one secret, or two/],
    ['typ JWT with nothing to tell ID tokens by', { issuer, audience, keys, tokenTypes: ['JWT'] }, /isAccessToken/],
    ['no type', { issuer, audience, keys, tokenTypes: [] }, /tokenTypes/],
  ])('%s', (_, trusted, reason) => {
    expect(() => new TokenVerifier({ issuers: [trusted as TrustedIssuer] })).toThrow(reason);
    expect(() => new TokenVerifier({ issuers: [trusted as TrustedIssuer] })).toThrow(TypeError);
  });

  it('no issuer at all, the same twice, a tolerance of an hour, a cache without bounds', async () => {
    const trusted = (await createTestIssuer()).trusted('orders');
    const build = (options: object) => () => new TokenVerifier({ issuers: [trusted], ...options });
    expect(build({})).not.toThrow();
    expect(build({ issuers: [] })).toThrow('at least one');
    expect(build({ issuers: [trusted, trusted] })).toThrow('twice');
    expect(build({ clockTolerance: 3600 })).toThrow('clockTolerance');
    expect(build({ clockTolerance: -1 })).toThrow('clockTolerance');
    expect(build({ maxTokenLifetime: Number.NaN })).toThrow('maxTokenLifetime');
    expect(build({ cache: { maxEntries: Number.POSITIVE_INFINITY } })).toThrow('maxEntries');
    expect(build({ keyCache: { maxStale: 0 } })).toThrow('maxStale');
    expect(build({ keyCache: { maxStale: Number.NaN } })).toThrow('maxStale');
    expect(build({ keyCache: { maxStale: 299 } })).toThrow('less than refreshInterval');
    // Node's timers take 2^31 ms for one: it would ask its issuer a thousand times a second.
    expect(build({ keyCache: { refreshInterval: 2 ** 31 / 1000 } })).toThrow('refreshInterval');
    expect(build({ keyCache: { timeout: 2 ** 31 } })).toThrow('timeout');
    expect(build({ keyCache: { unknownKeyWait: 2 ** 31 } })).toThrow('unknownKeyWait');
  });
});
