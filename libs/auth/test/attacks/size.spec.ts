import { createTestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { describeAttacks, expectAccepted, type Target } from './describe-attacks.js';

async function ofLength({ issuer }: Pick<Target, 'issuer'>, length: number): Promise<string> {
  const bare = await issuer.mint({ x: '' });
  return issuer.mint({ x: 'x'.repeat(Math.ceil(((length - bare.length) * 3) / 4)) });
}

describeAttacks('size', [
  { title: 'a good token over 16 KiB', code: 'token_too_large', token: (target) => ofLength(target, 16 * 1024 + 4) },
  { title: 'a megabyte of good characters', code: 'token_too_large', token: () => 'A'.repeat(2 ** 20) },
  { title: 'a megabyte of dots', code: 'token_too_large', token: () => '.'.repeat(2 ** 20) },
  {
    title: 'a payload of nothing but brackets, just under the limit',
    code: 'token_malformed',
    token: ({ issuer }) => issuer.sign(issuer.header(), '['.repeat(12_000)),
  },
  {
    title: 'a header that is nearly all of the token',
    code: 'key_unknown',
    token: ({ issuer }) => issuer.sign(issuer.header({ kid: 'other', x: 'x'.repeat(11_000) }), issuer.claims()),
  },
]);

it('a token of just 16 KiB is good', async () => {
  const issuer = await createTestIssuer();
  const lengths = [0, 1, 2, 3].map((less) => ofLength({ issuer }, 16 * 1024 - less));
  const token = (await Promise.all(lengths)).find(({ length }) => length === 16 * 1024) ?? '';
  await expectAccepted(new TokenVerifier({ issuers: [issuer.trusted('orders')] }), token);
});
