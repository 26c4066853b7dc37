import { createTestIssuer } from '../../entry/testing.js';
import { estimatedBytes } from './estimated-bytes.js';
import { TokenVerifier } from '../token-verifier.js';

/** A token of nearly 16 KiB, and the heap that one such token takes with Node 22, measured over hundreds of them. */
const large: readonly (readonly [string, object, number])[] = [
  ['a list of 3500 empty objects', { x: Array.from({ length: 3500 }, () => ({})) }, 238_000],
  ['a list of 3500 empty lists', { x: Array.from({ length: 3500 }, () => []) }, 153_000],
  [
    '2800 scopes',
    { scope: Array.from({ length: 2800 }, (_, i) => (i + 1296).toString(36).slice(0, 3)).join(' ') },
    172_000,
  ],
  [
    '900 members of names that no other token has',
    { x: Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`name${i}`, 1])) },
    86_000,
  ],
  ['5500 numbers', { x: Array.from({ length: 5500 }, () => 1) }, 60_000],
];

describe('the estimated size of a cached token', () => {
  const estimate = async (claims: object) => {
    const issuer = await createTestIssuer();
    const token = await issuer.mint({ ...claims });
    return estimatedBytes(token, await new TokenVerifier({ issuers: [issuer.trusted('orders')] }).verify(token));
  };

  it.each(large)('is not too little for %s', async (_, claims, measured) => {
    expect(await estimate(claims)).toBeGreaterThan(measured);
  });

  it('lets 20,000 plain tokens into the default 64 MiB', async () => {
    expect(await estimate({})).toBeLessThan((64 * 2 ** 20) / 20_000);
  });
});
