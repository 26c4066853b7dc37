import fc from 'fast-check';
import { isPublished, keyState, type SigningKeyTimes } from './signing-key.js';

const OPEN: SigningKeyTimes = { activatesAt: 100, retiresAt: undefined, goneAt: undefined, compromisedAt: undefined };
const CLOSED: SigningKeyTimes = { ...OPEN, retiresAt: 200, goneAt: 300 };

describe("a signing key's state", () => {
  it.each([
    ['pending', OPEN, 99, true],
    ['active', OPEN, 100, true],
    ['active', OPEN, 1_000_000, true],
    ['active', CLOSED, 199, true],
    ['retiring', CLOSED, 200, true],
    ['retiring', CLOSED, 299, true],
    ['gone', CLOSED, 300, false],
    ['compromised', { ...CLOSED, compromisedAt: 150 }, 160, false],
    ['compromised', { ...CLOSED, compromisedAt: 150 }, 400, false],
  ] as const)('is %s', (state, times, now, published) => {
    expect(keyState(times, now)).toBe(state);
    expect(isPublished(times, now)).toBe(published);
  });

  it('only ever goes forward as time passes', () => {
    const order = ['pending', 'active', 'retiring', 'gone'];
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }), (numbers) => {
        const [activatesAt = 0, retiresAt = 0, goneAt = 0] = numbers.slice(0, 3).toSorted((a, b) => a - b);
        const [earlier = 0, later = 0] = numbers.slice(3).toSorted((a, b) => a - b);
        const times = { activatesAt, retiresAt, goneAt, compromisedAt: undefined };
        expect(order.indexOf(keyState(times, later))).toBeGreaterThanOrEqual(order.indexOf(keyState(times, earlier)));
      }),
    );
  });
});
