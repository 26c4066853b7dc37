import fc from 'fast-check';
import { createHash, randomUUID } from 'node:crypto';
import { DeniedNames } from './denied-names.js';

const NOW = 1_800_000_000;
/** A UUID that is made of the number, so that the same ones come again. */
const uuid = (number: number): string =>
  createHash('sha256')
    .update(String(number))
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

it('denies exactly the names that were added, whatever else is there', () => {
  const name = fc.oneof(
    fc.nat(5000).map(uuid),
    fc.string(),
    fc.nat(50).map((at) => uuid(at).toUpperCase()),
  );
  fc.assert(
    fc.property(fc.array(name, { maxLength: 3000 }), fc.array(name, { maxLength: 300 }), (added, asked) => {
      const names = new DeniedNames();
      for (const each of added) names.add(each, NOW + 60, NOW);
      const expected = new Set(added);
      for (const each of [...added, ...asked]) expect(names.has(each)).toBe(expected.has(each));
      expect(names.size).toBe(expected.size);
    }),
    { numRuns: 50 },
  );
});

it('tells names apart that differ in one bit, in the case of a letter, or in their dashes', () => {
  const names = new DeniedNames();
  const known = 'abcdef01-2345-7abc-8def-0123456789ab';
  names.add(known, NOW + 60, NOW);
  for (let at = 0; at < known.length; at += 1) {
    const other = known.slice(0, at) + (known[at] === '0' ? '1' : '0') + known.slice(at + 1);
    expect([other, names.has(other)]).toEqual([other, false]);
  }
  for (const other of [known.toUpperCase(), known.replaceAll('-', ''), `${known} `, ''])
    expect(names.has(other)).toBe(false);
  expect(names.has(known)).toBe(true);
});

it('forgets, when it needs the room, what can come no more, and nothing else', () => {
  const names = new DeniedNames();
  const kept = Array.from({ length: 500 }, () => randomUUID());
  for (const name of kept) names.add(name, NOW + 3600, NOW);
  for (let round = 0; round < 50; round += 1) {
    const now = NOW + round * 10;
    for (let count = 0; count < 400; count += 1) names.add(randomUUID(), now + 10, now);
  }
  for (const name of kept) expect(names.has(name)).toBe(true);
  expect(names.size).toBeLessThan(3000);
});

it('takes 40 MB for a million names at most', () => {
  const names = new DeniedNames();
  for (let count = 0; count < 1_000_000; count += 1) names.add(randomUUID(), NOW + 60, NOW);
  expect(names.size).toBe(1_000_000);
  expect(names.bytes).toBeLessThanOrEqual(42_000_000);
});

it('comes back from a file as it was, without what has ended', () => {
  const names = new DeniedNames();
  for (const [name, seconds] of [
    [uuid(1), 60],
    ['a kid', 120],
    [uuid(2), 10],
  ] as const)
    names.add(name, NOW + seconds, NOW);
  const saved = JSON.parse(JSON.stringify(names.save(NOW + 20))) as ReturnType<DeniedNames['save']>;
  const again = new DeniedNames();
  again.restore(saved, NOW + 90);
  expect([uuid(1), 'a kid', uuid(2)].map((name) => again.has(name))).toEqual([false, true, false]);
  for (const broken of [
    { words: 'AAAA', ends: '' },
    { words: '', ends: 'AAAAAA==' },
    { words: '!', ends: '!' },
  ]) {
    again.restore(broken, NOW);
    expect(again.size).toBe(1);
  }
});
