import { RecentNames } from './recent-names.js';

describe('names that are remembered', () => {
  it('are never more than so many, the latest of them', () => {
    const names = new RecentNames(100, 1000);
    for (let i = 0; i < 10_000; i += 1) names.remember(`name-${i}`, 0);
    const kept = Array.from({ length: 10_000 }, (_, i) => i).filter((i) => names.has(`name-${i}`, 0));
    expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => 9900 + i));
  });

  it('take the place of no other when they are remembered again', () => {
    const names = new RecentNames(2, 1000);
    names.remember('a', 0);
    for (let i = 0; i < 10; i += 1) names.remember('b', 0);
    expect([names.has('a', 0), names.has('b', 0)]).toEqual([true, true]);
  });

  it.each([
    [999, true],
    [1000, false],
    [-1, false], // the clock was set back: for how long can't be told
  ])('for a second: after %d ms %s', (passed, remembered) => {
    const names = new RecentNames(2, 1000);
    names.remember('a', 5000);
    expect(names.has('a', 5000 + passed)).toBe(remembered);
  });
});
