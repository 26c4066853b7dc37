import { jest } from '@jest/globals';
import type { JWK } from 'jose';
import { createTestIssuer, encodeSegment, type TestIssuer } from '../../src/testing/index.js';
import { type AuthError, TokenVerifier, type TokenVerifierOptions } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from '../attacks/describe-attacks.js';

const HOUR = 3600;

/** An endpoint without a network, which counts. */
class Endpoint {
  fetches = 0;
  down = false;
  /** Set to hold answers back until it is called. */
  release: (() => void) | undefined;
  keys: JWK[];
  private held: Promise<void> | undefined;

  constructor(issuer: TestIssuer) {
    this.keys = issuer.jwks().keys;
  }

  hold(): void {
    this.held = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  readonly fetch = async (): Promise<Response> => {
    this.fetches += 1;
    const { keys, down } = this;
    await this.held;
    return down ? new Response(null, { status: 503 }) : Response.json({ keys });
  };
}

describe('keys that are fetched', () => {
  let issuer: TestIssuer;
  let endpoint: Endpoint;
  let verifier: TokenVerifier;

  const createVerifier = (options: Partial<TokenVerifierOptions> = {}) => {
    verifier = new TokenVerifier({
      issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { jwksUri: 'https://issuer.test/jwks.json' } }],
      keyCache: { fetch: endpoint.fetch },
      ...options,
    });
  };

  /** Time passes, for the clock and for timers alike. */
  const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);

  beforeEach(async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    issuer = await createTestIssuer();
    endpoint = new Endpoint(issuer);
    createVerifier();
  });

  afterEach(() => {
    verifier.stop();
    jest.useRealTimers();
  });

  describe('in the background', () => {
    it('are asked for again every 4 to 5 minutes, without any request', async () => {
      await verifier.start();
      expect(endpoint.fetches).toBe(1);
      await pass(239);
      expect(endpoint.fetches).toBe(1);
      await pass(62);
      expect(endpoint.fetches).toBe(2);
      await pass(10 * 300);
      expect(endpoint.fetches).toBeGreaterThanOrEqual(12);
      expect(endpoint.fetches).toBeLessThanOrEqual(15);
    });

    it('are no longer asked for after stop', async () => {
      await verifier.start();
      verifier.stop();
      await pass(HOUR);
      expect(endpoint.fetches).toBe(1);
    });

    it('begin by themselves with the first token, when nobody called start', async () => {
      await expectAccepted(verifier, await issuer.mint());
      await pass(301);
      expect(endpoint.fetches).toBe(2);
    });

    it('keep a request with a known kid from ever waiting: it is answered while a fetch hangs', async () => {
      await verifier.start();
      endpoint.hold();
      const refresh = verifier.refreshKeys();
      await expectAccepted(verifier, await issuer.mint());
      endpoint.release?.();
      await refresh;
    });
  });

  describe('from an issuer that is down', () => {
    it('become available by themselves within seconds once it is up, however long it was down', async () => {
      endpoint.down = true;
      await verifier.start();
      await expectRefused(verifier, await issuer.mint(), 'keys_unavailable');
      await pass(HOUR);
      expect(verifier.status()).toMatchObject([{ ready: false, reason: expect.stringMatching(/never loaded.*503/) }]);
      expect(endpoint.fetches).toBeLessThanOrEqual(HOUR / 2 + 5);
      endpoint.down = false;
      await pass(4);
      expect(verifier.status()).toMatchObject([{ ready: true, reason: undefined }]);
      await expectAccepted(verifier, await issuer.mint());
    });

    it('cost requests nothing while a retry is not due', async () => {
      endpoint.down = true;
      await verifier.start();
      const token = await issuer.mint();
      for (let i = 0; i < 100; i += 1) await expectRefused(verifier, token, 'keys_unavailable');
      expect(endpoint.fetches).toBe(1);
    });

    it('are used for 24 hours, then unavailable, also for tokens that were verified before', async () => {
      await verifier.start();
      endpoint.down = true;
      await pass(23 * HOUR);
      const token = await issuer.mint({}, { lifetime: 2 * HOUR });
      await expectAccepted(verifier, token);
      expect(verifier.status()).toMatchObject([{ ready: true, lastError: 'answered 503' }]);
      expect(verifier.status()[0]?.ageSeconds).toBeGreaterThan(22 * HOUR);
      await pass(HOUR);
      await expectRefused(verifier, token, 'keys_unavailable');
      expect(verifier.status()).toMatchObject([{ ready: false, reason: expect.stringMatching(/too old/) }]);
      endpoint.down = false;
      await pass(61);
      await expectAccepted(verifier, token);
    });

    it('are asked for ever more rarely, at most once in 30 s', async () => {
      await verifier.start();
      endpoint.down = true;
      await pass(300);
      const before = endpoint.fetches;
      await pass(HOUR);
      expect(endpoint.fetches - before).toBeLessThanOrEqual(HOUR / 30);
      expect(endpoint.fetches - before).toBeGreaterThanOrEqual(HOUR / 60 - 1);
    });
  });

  describe('when they change', () => {
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
      await verifier.refreshKeys();
      await expectRefused(verifier, token, 'key_unknown');
      await expectAccepted(verifier, await issuer.mint());
    });

    it('a key that is revoked before the first fetch is never trusted', async () => {
      verifier.revokeKey(issuer.issuer, issuer.key.keyId);
      await verifier.start();
      expect(verifier.status()).toMatchObject([{ ready: false, reason: 'every key was revoked', keyIds: [] }]);
      await expectRefused(verifier, await issuer.mint(), 'key_unknown');
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

  describe('against made-up kids', () => {
    const made = (kid: string) => issuer.mint({}, { header: { kid } });

    it('a flood of 20 s costs at most 7 fetches, and no good token is refused during it', async () => {
      await verifier.start();
      const header = (kid: string) => encodeSegment(issuer.header({ kid }));
      const [, payload, signature] = (await issuer.mint()).split('.');
      /** In place where the verifier answers in place. */
      const codeOf = (token: string): unknown => {
        const code = (error: unknown) => (error as AuthError).code;
        try {
          const verified = verifier.verify(token);
          return verified instanceof Promise ? verified.catch(code) : verified;
        } catch (error) {
          return code(error);
        }
      };
      for (let second = 0; second < 20; second += 1) {
        const codes = new Set<unknown>();
        for (let i = 0; i < 500; i += 1) {
          const code = codeOf(`${header(`made-up-${second}-${i}`)}.${payload}.${signature}`);
          codes.add(code instanceof Promise ? await code : code);
        }
        expect(codes).toEqual(new Set(['key_unknown']));
        await expectAccepted(verifier, await issuer.mint());
        await pass(1);
      }
      expect(endpoint.fetches).toBeLessThanOrEqual(1 + 5 + 2); // the first load, the burst, one more in each 10 s
    }, 120_000);

    it('a flood does not keep a new key from being found', async () => {
      await verifier.start();
      for (let i = 0; i < 100; i += 1) await expectRefused(verifier, await made(`made-up-${i}`), 'key_unknown');
      await issuer.rotate();
      endpoint.keys = issuer.jwks().keys;
      const token = await issuer.mint();
      await expectRefused(verifier, token, 'key_unknown'); // the budget is spent
      await pass(10); // and grows again; the flood itself may spend it, the answer is the same
      await expectRefused(verifier, await made('made-up'), 'key_unknown');
      await expectAccepted(verifier, token);
    });

    it('the same made-up kid is remembered for a while, and costs nothing', async () => {
      await verifier.start();
      const token = await made('made-up');
      for (let i = 0; i < 10; i += 1) await expectRefused(verifier, token, 'key_unknown');
      expect(endpoint.fetches).toBe(2);
    });

    it('a request waits for a slow fetch no longer than 250 ms', async () => {
      await verifier.start();
      endpoint.hold();
      const refusal = expectRefused(verifier, await made('made-up'), 'key_unknown');
      await pass(0.25);
      await refusal;
      endpoint.release?.();
    });

    it('an unknown issuer causes no fetch at all', async () => {
      await verifier.start();
      await expectRefused(verifier, await issuer.mint({ iss: 'https://evil.test' }), 'issuer_unknown');
      expect(endpoint.fetches).toBe(1);
    });

    it('nor does a header that points elsewhere', async () => {
      await verifier.start();
      const header = { jku: 'https://evil.test/jwks.json', x5u: 'https://evil.test/x.pem' };
      await verifier.verify(await issuer.mint({}, { header }));
      expect(endpoint.fetches).toBe(1);
    });
  });
});
