import fc from 'fast-check';
import { TokenBucket } from './token-bucket.js';

const taken = (bucket: TokenBucket, times: readonly number[]) => times.filter((now) => bucket.take(now)).length;
const hundred = (time: (i: number) => number) => Array.from({ length: 100 }, (_, i) => time(i));

describe('a token bucket', () => {
  it('gives a burst, then one each period, and no more than a burst after a pause', () => {
    const bucket = new TokenBucket(5, 8, 0);
    expect(
      taken(
        bucket,
        hundred(() => 0),
      ),
    ).toBe(5);
    expect(
      taken(
        bucket,
        hundred((i) => 1 + i),
      ),
    ).toBe(12);
    expect(
      taken(
        bucket,
        hundred(() => 100_000),
      ),
    ).toBe(5);
  });

  it('goes on giving one each period after the clock was set back', () => {
    const bucket = new TokenBucket(1, 8, 1_000_000);
    expect(taken(bucket, [1_000_000, 5, 12, 13, 14, 21])).toBe(3);
  });

  it('never gives more than the burst and what time brought, however the clock goes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -100, max: 100 }), { maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(3, 8, 0);
        let [now, forward, given] = [0, 0, 0];
        for (const step of steps) {
          now += step;
          forward += Math.max(0, step);
          if (bucket.take(now)) given += 1;
          expect(given).toBeLessThanOrEqual(3 + forward / 8);
        }
      }),
    );
  });
});
