import { jest } from '@jest/globals';
import type { JWK } from 'jose';
import { createTestIssuer, type TestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from '../attacks/describe-attacks.js';
import { type Endpoint, fetchedKeys, HOUR, pass } from './fetched-keys.js';

describe('fetched keys that change', () => {
  let issuer: TestIssuer;
  let endpoint: Endpoint;
  let verifier: TokenVerifier;
  let close: () => void;

  beforeEach(async () => {
    ({ issuer, endpoint, verifier, close } = await fetchedKeys());
  });

  afterEach(() => close());

  it('a new key is found by the first token that it signed', async () => {
    await verifier.start();
    await issuer.rotate();
    endpoint.keys = issuer.jwks().keys;
    await expectAccepted(verifier, await issuer.mint());
    expect(endpoint.fetches).toBe(2);
  });

  it('many tokens of a new key start one fetch', async () => {
    await verifier.start();
    await issuer.rotate();
    endpoint.keys = issuer.jwks().keys;
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issuer.mint()));
    const verified = await Promise.all(tokens.map(async (token) => verifier.verify(token)));
    expect(verified).toHaveLength(50);
    expect(endpoint.fetches).toBe(2);
  });

  it('what a fetch that follows redirects brings is not taken over', async () => {
    const fetch = async () => Object.defineProperty(Response.json(issuer.jwks()), 'redirected', { value: true });
    const keys = { jwksUri: 'https://issuer.test/jwks.json' };
    const misled = new TokenVerifier({
      issuers: [{ issuer: issuer.issuer, audience: 'orders', keys }],
      keyCache: { fetch },
    });
    await expectRefused(misled, await issuer.mint(), 'keys_unavailable');
    misled.stop();
  });

  it('a key that is gone stops verifying at once, and its cached tokens with it', async () => {
    await verifier.start();
    const token = await issuer.mint();
    await expectAccepted(verifier, token);
    const { keyId } = issuer.key;
    await issuer.rotate();
    issuer.retire(keyId);
    endpoint.keys = issuer.jwks().keys;
    await verifier.refreshKeys();
    await expectRefused(verifier, token, 'key_unknown');
    await expectAccepted(verifier, await issuer.mint());
  });

  it('a key that is replaced under its kid stops verifying at once', async () => {
    await verifier.start();
    const token = await issuer.mint();
    await expectAccepted(verifier, token);
    const { keyId } = issuer.key;
    await issuer.rotate();
    endpoint.keys = [{ ...(issuer.jwks().keys[0] as JWK), kid: keyId }];
    await verifier.refreshKeys();
    await expectRefused(verifier, token, 'signature_invalid');
  });

  it('a key that is published for another algorithm stops verifying by the old one at once', async () => {
    const rsa = await createTestIssuer({ algorithm: 'RS256' });
    let alg = 'RS256';
    const load = async () => ({ keys: rsa.jwks().keys.map((jwk) => ({ ...jwk, alg })) });
    const both = new TokenVerifier({
      issuers: [{ issuer: rsa.issuer, audience: 'orders', keys: { load }, algorithms: ['RS256', 'PS256'] }],
    });
    const token = await rsa.mint();
    await expectAccepted(both, token);
    alg = 'PS256';
    await both.refreshKeys();
    await expectRefused(both, token, 'algorithm_not_allowed');
    both.stop();
  });

  it('a refresh that changes nothing leaves verified tokens verified', async () => {
    await verifier.start();
    const token = await issuer.mint();
    const verified = await verifier.verify(token);
    await verifier.refreshKeys();
    expect(verifier.verify(token)).toBe(verified);
  });

  it('a revoked key does not come back, though it is still published', async () => {
    await verifier.start();
    const token = await issuer.mint();
    await expectAccepted(verifier, token);
    const { keyId } = issuer.key;
    await issuer.rotate();
    endpoint.keys = issuer.jwks().keys;
    verifier.revokeKey(issuer.issuer, keyId);
    await expectRefused(verifier, token, 'key_unknown');
    expect(endpoint.fetches).toBe(1); // nothing to ask for
    await verifier.refreshKeys();
    await expectRefused(verifier, token, 'key_unknown');
    await expectAccepted(verifier, await issuer.mint());
  });

  it('a key that is revoked while it verifies tokens in the pool lets none of them in', async () => {
    await verifier.start();
    const tokens = await Promise.all(Array.from({ length: 100 }, () => issuer.mint()));
    // The first few are verified in place; on one core all are.
    const underWay = tokens.map((token) => verifier.verify(token)).filter((answer) => answer instanceof Promise);
    verifier.revokeKey(issuer.issuer, issuer.key.keyId);
    const answers = await Promise.allSettled(underWay);
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'key_unknown' }) as unknown };
    expect(answers).toEqual(answers.map(() => refused));
    for (const token of tokens) await expectRefused(verifier, token, 'key_unknown');
  });

  it('a key that is revoked before the first fetch is never trusted', async () => {
    verifier.revokeKey(issuer.issuer, issuer.key.keyId);
    await verifier.start();
    expect(verifier.status()).toMatchObject([{ ready: false, reason: 'every key was revoked', keyIds: [] }]);
    await expectRefused(verifier, await issuer.mint(), 'key_unknown');
  });

  describe('by the date of the answer', () => {
    /** The issuer's clock is so many seconds ahead of the service's. */
    const answerDated = (seconds: number) => {
      endpoint.headers = { date: new Date(Date.now() + seconds * 1000).toUTCString() };
    };

    it('an older answer is not taken over, nor one that is older but for an answer without a date between', async () => {
      await issuer.rotate();
      const old = issuer.jwks().keys.slice(1);
      endpoint.keys = issuer.jwks().keys;
      answerDated(0);
      await verifier.start();
      endpoint.headers = {};
      await verifier.refreshKeys();
      endpoint.keys = old;
      answerDated(-60);
      await verifier.refreshKeys();
      expect(verifier.status()[0]?.lastError).toMatch(/older/);
      await expectAccepted(verifier, await issuer.mint());
    });

    it('an answer of an instance whose clock is 10 s behind is taken over', async () => {
      answerDated(0);
      await verifier.start();
      await issuer.rotate();
      endpoint.keys = issuer.jwks().keys;
      answerDated(-10);
      await verifier.refreshKeys();
      expect(verifier.status()[0]?.lastError).toBeUndefined();
      await expectAccepted(verifier, await issuer.mint());
    });

    it('an answer dated ahead keeps later ones out for a minute at most', async () => {
      answerDated(60);
      await verifier.start();
      await issuer.rotate();
      endpoint.keys = issuer.jwks().keys;
      await pass(60);
      answerDated(0);
      await verifier.refreshKeys();
      await expectAccepted(verifier, await issuer.mint());
    });

    it('a day that all clocks were ahead, until they were set back, keeps nothing out', async () => {
      const now = Date.now();
      jest.setSystemTime(now + 24 * HOUR * 1000);
      answerDated(0);
      await verifier.start();
      jest.setSystemTime(now);
      await issuer.rotate();
      endpoint.keys = issuer.jwks().keys;
      answerDated(0);
      await verifier.refreshKeys();
      expect(verifier.status()).toMatchObject([{ lastError: undefined, ageSeconds: 0 }]);
      await expectAccepted(verifier, await issuer.mint());
    });
  });

  it('a refresh that is asked for during a fetch asks again, for that fetch may be of before the change', async () => {
    await verifier.start();
    endpoint.hold();
    const first = verifier.refreshKeys();
    await issuer.rotate();
    endpoint.keys = issuer.jwks().keys;
    const second = verifier.refreshKeys();
    endpoint.release?.();
    await Promise.all([first, second]);
    expect(verifier.status()[0]?.keyIds).toContain(issuer.key.keyId);
  });
});
