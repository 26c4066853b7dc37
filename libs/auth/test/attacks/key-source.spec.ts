import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { createTestIssuer, type TestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from './describe-attacks.js';
import { type Answer, type HostileJwksServer, json, startHostileJwksServer } from './hostile-jwks-server.js';

const PRIVATE = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const PUBLIC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const WEAK = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

/** Each with what the status has to say of it. */
const faults: readonly (readonly [string, RegExp, (issuer: TestIssuer) => Answer])[] = [
  ['a server error', /answered 500/, () => (response) => void response.writeHead(500).end()],
  ['an answer without content', /answered 204/, () => (response) => void response.writeHead(204).end()],
  [
    '304, though nothing was asked for on a condition',
    /answered 304/,
    () => (response) => void response.writeHead(304).end(),
  ],
  ['a rate limit', /answered 429/, () => (response) => void response.writeHead(429).end()],
  ['no answer at all', /no complete response/, () => () => {}],
  [
    'an answer that drips',
    /no complete response/,
    () => (response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    },
  ],
  ['a connection that breaks', /fetch failed/, () => (response) => void response.destroy()],
  [
    'a connection that breaks within the answer',
    /terminated|aborted|other side closed/,
    () => (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"keys":', () => response.destroy());
    },
  ],
  [
    'a redirect, even to good keys',
    /answered 302/,
    (i) => (response) => {
      if (response.req.url === '/good') json(i.jwks())(response);
      else response.writeHead(302, { location: '/good' }).end();
    },
  ],
  ['HTML', /not JSON/, () => (response) => void response.end('<!doctype html><title>Sign in</title>')],
  ['nothing', /not JSON/, () => (response) => void response.end()],
  ['a list instead of an object', /not a JSON object/, () => json([])],
  ['an object without keys', /is not a list/, () => json({})],
  ['duplicate members', /duplicate/, () => (response) => void response.end('{"keys":[],"keys":[]}')],
  ['10 MB', /more than 65536 bytes/, () => (response) => void response.end(`{"keys":["${'x'.repeat(10 ** 7)}"]}`)],
  [
    '10 MB within the good set',
    /more than 65536 bytes/,
    (issuer) => json({ ...issuer.jwks(), x: 'x'.repeat(10 ** 7) }),
  ],
  [
    '10 MB that came as 10 kB',
    /more than 65536 bytes/,
    () => (response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`{"keys":["${'x'.repeat(10 ** 7)}"]}`)),
  ],
  ['101 keys', /more than 100 keys/, () => json({ keys: Array.from({ length: 101 }, () => ({})) })],
];

/** Sets without a key that can verify: refused as the first, for the service can't tell yet; later they withdraw all keys. */
const empty: readonly (readonly [string, RegExp, (issuer: TestIssuer) => Answer])[] = [
  ['an empty set', /no key that can verify$/, () => json({ keys: [] })],
  [
    'keys of another kind only',
    /no key that can verify$/,
    (i) => json({ keys: i.jwks().keys.map((k) => ({ ...k, use: 'enc' })) }),
  ],
  [
    'a private key only',
    /no key that can verify; key 0: a private member/,
    () => json({ keys: [{ ...PRIVATE, kid: 'p' }] }),
  ],
];

/** Each with what the status has to say of it. */
const unsound: readonly (readonly [string, RegExp, object])[] = [
  ['a private key', /^key 1: a private member/, { ...PRIVATE, kid: 'p' }],
  ['a symmetric key', /^key 1: a symmetric key/, { kty: 'oct', k: 'AAAA', kid: 's' }],
  ['a weak key', /^key 1: a modulus of 1024 bits/, { ...WEAK, kid: 'w', alg: 'RS256' }],
  ['two keys in one', /^key 1: not a valid public key/, { ...PUBLIC, y: PUBLIC.x, kid: 't', alg: 'ES256' }],
  ['text', /^key 1: not an object/, Object('key') as object],
];

/** So long may a fetch take: a busy machine must not fail a test, and one that tests silence must end. */
const timeoutFor = (lastError: RegExp) => (lastError.source.includes('no complete response') ? 300 : 60_000);

describe.each([
  ['a cached verifier', {}],
  ['an uncached verifier', { cache: false as const }],
])('%s, with a JWKS endpoint that answers with', (_mode, cache) => {
  let issuer: TestIssuer;
  let server: HostileJwksServer;
  let verifier: TokenVerifier;

  beforeEach(async () => {
    issuer = await createTestIssuer();
    server = await startHostileJwksServer(json(issuer.jwks()));
    createVerifier(60_000);
  });

  const createVerifier = (timeout: number) => {
    verifier = new TokenVerifier({
      issuers: [
        {
          issuer: issuer.issuer,
          audience: 'orders',
          keys: { jwksUri: server.jwksUri },
          algorithms: ['ES256', 'RS256'],
        },
      ],
      keyCache: { timeout },
      ...cache,
    });
  };

  afterEach(async () => {
    verifier.stop();
    await server.close();
  });

  /** A good answer may be late, too; it is asked for until it came. */
  const recover = async () => {
    server.answerWith(json(issuer.jwks()));
    do await verifier.refreshKeys();
    while (verifier.status()[0]?.lastError !== undefined);
  };

  it.each(faults)('%s: no known key is refused, and the next good answer ends it', async (_, lastError, fault) => {
    createVerifier(timeoutFor(lastError));
    await recover();
    server.answerWith(fault(issuer));
    await verifier.refreshKeys();
    expect(verifier.status()).toMatchObject([{ ready: true, keyIds: [issuer.key.keyId] }]);
    expect(verifier.status()[0]?.lastError).toMatch(lastError);
    await expectAccepted(verifier, await issuer.mint());

    await recover();
    expect(verifier.status()).toMatchObject([{ ready: true, lastError: undefined }]);
  });

  it.each([...faults, ...empty])(
    '%s, from the start: unavailable, not invalid, until the first good answer',
    async (_, lastError, fault) => {
      createVerifier(timeoutFor(lastError));
      server.answerWith(fault(issuer));
      await verifier.start();
      expect(verifier.status()).toMatchObject([{ ready: false, keyIds: [], ageSeconds: undefined }]);
      expect(verifier.status()[0]?.reason).toMatch(/never loaded/);
      expect(verifier.status()[0]?.lastError).toMatch(lastError);
      await expectRefused(verifier, await issuer.mint(), 'keys_unavailable');

      await recover();
      expect(verifier.status()).toMatchObject([{ ready: true, reason: undefined }]);
      await expectAccepted(verifier, await issuer.mint());
    },
  );

  it.each(empty)('%s, later: withdraws every key at once, until the next good answer', async (_, _reason, answer) => {
    await recover();
    const token = await issuer.mint();
    await expectAccepted(verifier, token);
    server.answerWith(answer(issuer));
    await verifier.refreshKeys();
    expect(verifier.status()).toMatchObject([
      { ready: false, reason: 'the issuer publishes no key that can verify', keyIds: [], lastError: undefined },
    ]);
    await expectRefused(verifier, token, 'key_unknown');

    await recover();
    expect(verifier.status()).toMatchObject([{ ready: true, reason: undefined, leftOut: [] }]);
    await expectAccepted(verifier, token);
  });

  it.each(unsound)(
    '%s beside good ones: it is left out and told, a new key is found, and a removed one is gone',
    async (_, reason, key) => {
      const removed = issuer.key;
      await verifier.start();
      const before = await issuer.mint();
      await expectAccepted(verifier, before);
      await issuer.rotate();
      issuer.retire(removed.keyId);
      server.answerWith(json({ keys: [...issuer.jwks().keys, key] }));
      await verifier.refreshKeys();
      expect(verifier.status()).toMatchObject([{ ready: true, keyIds: [issuer.key.keyId], lastError: undefined }]);
      expect(verifier.status()[0]?.leftOut).toEqual([expect.stringMatching(reason)]);
      await expectAccepted(verifier, await issuer.mint());
      await expectRefused(verifier, before, 'key_unknown');
      const forged = await issuer.mint({}, { header: { kid: (key as { kid?: string }).kid ?? 'x' }, key: removed });
      await expectRefused(verifier, forged, 'key_unknown');
    },
  );

  it('the good key and its private half: what it signed is refused, for everybody can sign with it now', async () => {
    await verifier.start();
    const before = await issuer.mint();
    await expectAccepted(verifier, before);
    const leaked = issuer.jwks().keys;
    await issuer.rotate();
    const halves = leaked.flatMap((jwk) => [jwk, { ...jwk, kid: 'half', d: 'AAAA' }]);
    server.answerWith(json({ keys: [...issuer.jwks().keys.slice(0, 1), ...halves] }));
    await verifier.refreshKeys();
    await expectRefused(verifier, before, 'key_unknown');
    await expectAccepted(verifier, await issuer.mint());
  });

  it('the good key twice: it is used', async () => {
    server.answerWith(json({ keys: [...issuer.jwks().keys, ...issuer.jwks().keys] }));
    await verifier.start();
    expect(verifier.status()[0]?.leftOut).toEqual(['key 1: the same key twice']);
    await expectAccepted(verifier, await issuer.mint());
  });

  it('another key under the kid of the good one: neither verifies', async () => {
    await verifier.start();
    const token = await issuer.mint();
    await expectAccepted(verifier, token);
    const other = { ...PUBLIC, kid: issuer.key.keyId, alg: 'ES256' };
    const spare = { ...(await createTestIssuer()).jwks().keys[0] };
    server.answerWith(json({ keys: [...issuer.jwks().keys, other, spare] }));
    await verifier.refreshKeys();
    expect(verifier.status()).toMatchObject([{ ready: true, keyIds: [spare.kid] }]);
    await expectRefused(verifier, token, 'key_unknown');
  });

  it('old and new sets in turn: a key that is in both is never refused', async () => {
    const old = issuer.jwks();
    const key = issuer.key;
    await issuer.rotate();
    const both = issuer.jwks();
    await verifier.start();
    for (let turn = 0; turn < 10; turn += 1) {
      server.answerWith(json(turn % 2 === 0 ? both : old));
      await verifier.refreshKeys();
      await expectAccepted(verifier, await issuer.mint({}, { key }));
    }
  });

  it('an older set that a cache on the way kept: no key of the newer one is refused', async () => {
    const date = (secondsAgo: number) => ({ date: new Date(Date.now() - secondsAgo * 1000).toUTCString() });
    const old = issuer.jwks();
    await issuer.rotate();
    server.answerWith(json(issuer.jwks(), date(10)));
    await verifier.start();
    server.answerWith(json(old, date(60)));
    await verifier.refreshKeys();
    expect(verifier.status()[0]?.lastError).toMatch(/older/);
    await expectAccepted(verifier, await issuer.mint());
  });

  it('a date in the far future, once: later answers still count', async () => {
    server.answerWith(json(issuer.jwks(), { date: new Date(Date.now() + 10 ** 10).toUTCString() }));
    await verifier.start();
    await issuer.rotate();
    server.answerWith(json(issuer.jwks(), { date: new Date().toUTCString() }));
    await verifier.refreshKeys();
    await expectAccepted(verifier, await issuer.mint());
  });
});
