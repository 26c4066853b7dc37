import { encodeSegment } from '../entry/testing.js';
import { HeaderCache } from './header-cache.js';

const segment = (kid: string) => encodeSegment({ alg: 'ES256', typ: 'at+jwt', kid });

describe('headers that were seen before', () => {
  it('are not parsed again once they are kept, and are never taken for another', () => {
    const cache = new HeaderCache();
    const [a, b] = [segment('a'), segment('b')];
    const header = cache.read(a);
    expect(cache.read(a)).not.toBe(header);
    cache.keep(a, header);
    expect(cache.read(a)).toBe(header);
    expect(cache.read(b)).toMatchObject({ keyId: 'b' });
  });

  it('are never more than 100', () => {
    const cache = new HeaderCache();
    const all = Array.from({ length: 1000 }, (_, i) => segment(`kid-${i}`));
    const headers = all.map((text) => cache.read(text));
    for (const [i, text] of all.entries()) cache.keep(text, headers[i] ?? cache.read(text));
    const kept = all.filter((text, i) => cache.read(text) === headers[i]);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(100);
  });
});
