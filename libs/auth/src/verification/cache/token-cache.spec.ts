import fc from 'fast-check';
import { StaticKeySource } from '../keys/static-key-source.js';
import { sharedSecretKey } from '../keys/shared-secret.js';
import { TokenCache } from './token-cache.js';
import type { VerifiedToken } from '../verified-token.js';
import { randomBytes } from 'node:crypto';

const key = () => {
  const made = sharedSecretKey(randomBytes(32).toString('base64url'));
  return new StaticKeySource('test', [made]).find(made.keyId);
};
const trusted = key();
/** The cache does not look into what was verified. */
const none: ReadonlySet<string> = new Set();
const verified = (tokenId: string) =>
  ({ tokenId, claims: {}, scopes: none, roles: none }) as Partial<VerifiedToken> as VerifiedToken;
const entry = (token: string, until = 1000, from = 0) => ({
  token,
  verified: verified(token),
  times: { from, until, fromClaim: 'iat' as const },
  key: trusted,
});

describe('the cache of verified tokens', () => {
  it('finds a token by all of its characters, also where many share their last ones', () => {
    const cache = new TokenCache();
    const tokens = Array.from({ length: 100 }, (_, i) => `${i}.payload.the-same-signature`);
    for (const token of tokens) cache.set(entry(token), 1);
    for (const token of tokens) expect(cache.get(token, 1)?.verified).toEqual(verified(token));
    expect(cache.get('100.payload.the-same-signature', 1)).toBeUndefined();
  });

  it.each([
    ['before it is good', 99],
    ['at its end', 1000],
    ['when the time is not known', Number.NaN],
  ])('drops an entry that is asked for %s', (_, now) => {
    const cache = new TokenCache();
    cache.set(entry('token', 1000, 100), 500);
    expect(cache.get('token', 500)).toBeDefined();
    expect(cache.get('token', now)).toBeUndefined();
    expect(cache).toMatchObject({ entries: 0, bytes: 0 });
    expect(cache.get('token', 500)).toBeUndefined();
  });

  it('drops an entry whose key is no longer trusted', () => {
    const cache = new TokenCache();
    const dropped = key();
    cache.set({ ...entry('token'), key: dropped }, 1);
    dropped.distrust();
    expect(cache.get('token', 1)).toBeUndefined();
  });

  it('clears the dead away as new tokens come in', () => {
    const cache = new TokenCache({ maxEntries: 10_000 });
    for (let i = 0; i < 1000; i += 1) cache.set(entry(`old-${i}`, 10), 1);
    for (let i = 0; i < 1000; i += 1) cache.set(entry(`new-${i}`, 100), 20);
    expect(cache.entries).toBeLessThan(1100);
    expect(cache.get('new-0', 20)).toBeDefined();
  });

  it('keeps what is asked for again rather than what is not', () => {
    const cache = new TokenCache({ maxEntries: 10 });
    for (let i = 0; i < 100; i += 1) {
      cache.set(entry(`token-${i}`), 1);
      cache.get('token-0', 1);
    }
    expect(cache.get('token-0', 1)).toBeDefined();
    expect(cache.entries).toBe(10);
  });

  it('does not keep what alone is over the limit', () => {
    const cache = new TokenCache({ maxBytes: 10_000 });
    cache.set(entry('x'.repeat(10_000)), 1);
    expect(cache.entries).toBe(0);
  });

  it('forgets nothing while it has room, whatever goes from the midst of a chain', () => {
    const operation = fc.record({
      token: fc.nat({ max: 15 }),
      until: fc.integer({ min: 1, max: 60 }),
      pass: fc.constantFrom(0, 0, 0, 1, 7),
    });
    fc.assert(
      fc.property(fc.array(operation, { minLength: 20, maxLength: 100 }), (operations) => {
        const cache = new TokenCache();
        const model = new Map<string, number>();
        let now = 0;
        for (const { token, until, pass } of operations) {
          now += pass;
          const text = `${token}.payload.the-same-signature`;
          cache.set(entry(text, now + until), now);
          model.set(text, now + until);
          for (const [known, end] of model) expect(cache.get(known, now) !== undefined).toBe(now < end);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('never goes over its bounds, never forgets its count, never answers with another token', () => {
    const operation = fc.record({
      do: fc.constantFrom('set' as const, 'set' as const, 'get' as const, 'distrust' as const),
      token: fc.nat({ max: 60 }),
      until: fc.integer({ min: 1, max: 100 }),
      pass: fc.integer({ min: -3, max: 8 }),
    });
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (operations, maxEntries) => {
          const cache = new TokenCache({ maxEntries, maxBytes: 12_000 });
          let current = key();
          let now = 0;
          for (const step of operations) {
            now += step.pass;
            const token = `${step.token}${'x'.repeat(step.token * 20)}same-ending-${step.token % 3}`;
            if (step.do === 'set') cache.set({ ...entry(token, step.until), key: current }, now);
            if (step.do === 'distrust') {
              current.distrust();
              current = key();
            }
            const found = cache.get(token, now);
            if (found !== undefined) expect(found.verified.tokenId).toBe(token);
            expect(cache.entries).toBeLessThanOrEqual(maxEntries);
            expect(cache.bytes).toBeLessThanOrEqual(12_000);
            expect(cache.bytes >= cache.entries * 1024).toBe(true);
            if (cache.entries === 0) expect(cache.bytes).toBe(0);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
