import { jest } from '@jest/globals';
import type { TestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier, type TokenVerifierOptions } from '../../src/verification/index.js';
import { expectAccepted, expectRefused } from '../attacks/describe-attacks.js';
import { type Endpoint, fetchedKeys, HOUR, pass } from './fetched-keys.js';

describe('keys that are fetched', () => {
  let issuer: TestIssuer;
  let endpoint: Endpoint;
  let verifier: TokenVerifier;
  let close: () => void;

  beforeEach(async () => {
    ({ issuer, endpoint, verifier, close } = await fetchedKeys());
  });

  afterEach(() => close());

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

    it.each([
      ['after a good answer', 200, 300],
      ['after a bad answer', 500, 1],
    ])(
      'are asked for again by instances that started together at times of their own, %s',
      async (_, status, seconds) => {
        const times = new Set<number>();
        const fetch = async () => {
          times.add(Date.now());
          return Response.json(issuer.jwks(), { status });
        };
        const keys = { jwksUri: 'https://issuer.test/jwks.json' };
        const options: TokenVerifierOptions = {
          issuers: [{ issuer: issuer.issuer, audience: 'orders', keys }],
          keyCache: { fetch },
        };
        const instances = Array.from({ length: 20 }, () => new TokenVerifier(options));
        await Promise.all(instances.map((instance) => instance.start()));
        await pass(seconds);
        for (const instance of instances) instance.stop();
        expect(times.size).toBeGreaterThan(10);
      },
    );

    it.each([
      ['max-age=120', 120],
      ['public, max-age=120, must-revalidate', 120],
      ['max-age=0', 30],
      ['no-store', 300],
      ['max-age=86400', 300],
      ['s-maxage=60', 300],
    ])('with %j are asked for again after %d s, or up to a fifth earlier', async (cacheControl, seconds) => {
      endpoint.headers = { 'cache-control': cacheControl };
      await verifier.start();
      await pass(seconds * 0.8 - 0.1);
      expect(endpoint.fetches).toBe(1);
      await pass(seconds * 0.2 + 0.2);
      expect(endpoint.fetches).toBe(2);
    });

    it('are no longer asked for after stop', async () => {
      await verifier.start();
      verifier.stop();
      expect(jest.getTimerCount()).toBe(0);
      await pass(HOUR);
      expect(endpoint.fetches).toBe(1);
    });

    it('are asked for after stop on no account: not of a request, not of who heard that they changed', async () => {
      await verifier.start();
      const known = await issuer.mint({}, { lifetime: 2 * HOUR });
      verifier.stop();
      await issuer.rotate();
      endpoint.keys = issuer.jwks().keys;
      await expectRefused(verifier, await issuer.mint(), 'key_unknown');
      await verifier.refreshKeys();
      expect(verifier.status()).toMatchObject([{ ready: true, lastError: undefined }]);
      await pass(HOUR);
      expect(endpoint.fetches).toBe(1);
      await expectAccepted(verifier, known); // what is still under way is let through
      await verifier.start();
      await expectAccepted(verifier, await issuer.mint());
      await pass(301);
      expect(endpoint.fetches).toBe(3);
    });

    it('are unavailable when it was stopped before the first fetch, and are not asked for', async () => {
      verifier.stop();
      await expectRefused(verifier, await issuer.mint(), 'keys_unavailable');
      await pass(HOUR);
      expect(endpoint.fetches).toBe(0);
    });

    it('a fetch that is under way ends with stop', async () => {
      endpoint.hold();
      const start = verifier.start();
      verifier.stop();
      await start;
      expect(jest.getTimerCount()).toBe(0);
      expect(verifier.status()).toMatchObject([{ ready: false, lastError: 'stopped' }]);
      expect(endpoint.fetches).toBe(1);
      endpoint.release?.();
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

    it.each([[undefined], [null], ['text'], [new Error('no database', { cause: null })], [{ cause: 7 }]])(
      'or an application that supplies them and throws %j: unavailable, and asked again',
      async (thrown) => {
        let supplied = false;
        const load = async () => {
          if (!supplied) throw thrown as Error;
          return issuer.jwks();
        };
        const own = new TokenVerifier({ issuers: [{ issuer: issuer.issuer, audience: 'orders', keys: { load } }] });
        await own.start();
        await expectRefused(own, await issuer.mint(), 'keys_unavailable');
        expect(own.status()[0]?.lastError).toMatch(/./);
        supplied = true;
        await pass(4);
        await expectAccepted(own, await issuer.mint());
        own.stop();
      },
    );

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
});
