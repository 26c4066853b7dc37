import { spoilSignature } from '../tokens/spoil.js';
import { TokenMint, type MintKeys, type TokenKind } from '../tokens/token-mint.js';

/**
 * Nobody is measured who skips the check: a good token passes; none, a forged one and another service's are refused.
 * With which status is not asked: a middleware's 401 leaves Nest's exception layer as 500.
 */
export async function checkRefusals(port: number, kind: TokenKind, keys: MintKeys): Promise<void> {
  const mint = new TokenMint(keys, kind);
  const [good = ''] = mint.mint(1);
  const [misdirected = ''] = mint.mint(1, 'another-service');
  const expected = [
    ['a good token', true, `Bearer ${good}`],
    ['no token', false, undefined],
    ['a forged token', false, `Bearer ${spoilSignature(good)}`],
    ["another service's token", false, `Bearer ${misdirected}`],
    ['a good token again', true, `Bearer ${good}`],
  ] as const;
  for (const [what, passes, authorization] of expected) {
    const response = await fetch(`http://127.0.0.1:${port}/order`, {
      headers: { ...(authorization && { authorization }) },
    });
    const text = await response.text();
    if (response.ok !== passes) throw new Error(`${what} on port ${port}: ${response.status} ${text}`);
  }
}
