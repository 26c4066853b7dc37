import { SharedSets } from './shared-sets.js';

describe('SharedSets', () => {
  it('gives tokens with the same names the same set, and others another', () => {
    const sets = new SharedSets();
    expect(sets.ofScope('a b')).toBe(sets.ofScope('a b'));
    expect([...sets.ofScope('a b')]).toEqual(['a', 'b']);
    expect(sets.ofList(['a', 'b'])).toBe(sets.ofList(['a', 'b']));
    expect([...sets.ofScope('a')]).toEqual(['a']);
  });

  it('never takes one for the other, whatever the names look like', () => {
    const sets = new SharedSets();
    expect(sets.ofList([]).size).toBe(0);
    expect([...sets.ofScope('[]')]).toEqual(['[]']);
    expect(sets.ofScope('').size).toBe(0);
    expect([...sets.ofList(['a","b'])]).toEqual(['a","b']);
    expect([...sets.ofList(['a', 'b'])]).toEqual(['a', 'b']);
    expect([...sets.ofList(['a b'])]).toEqual(['a b']);
  });

  it('does not keep a list that is longer than lists are', () => {
    const sets = new SharedSets();
    const long = Array.from({ length: 300 }, (_, i) => `scope:${String(i)}`);
    expect(sets.ofScope(long.join(' '))).not.toBe(sets.ofScope(long.join(' ')));
    expect([...sets.ofScope(long.join(' '))]).toEqual(long);
    expect(sets.ofList(long)).not.toBe(sets.ofList(long));
  });

  it('stays right when more kinds of token come than it keeps', () => {
    const sets = new SharedSets();
    const first = sets.ofScope('x:0 read');
    for (let kind = 0; kind < 2500; kind += 1) {
      expect([...sets.ofScope(`x:${String(kind)} read`)]).toEqual([`x:${String(kind)}`, 'read']);
    }
    expect([...sets.ofScope('x:0 read')]).toEqual(['x:0', 'read']);
    expect(sets.ofScope('x:0 read')).not.toBe(first); // forgotten meanwhile
  });
});
