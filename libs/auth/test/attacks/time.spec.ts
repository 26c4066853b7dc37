import { createTestIssuer, ManualClock } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { describeAttacks, expectAccepted, expectRefused, type Target } from './describe-attacks.js';

function now({ clock }: Target): number {
  return clock.now() / 1000;
}

const notTimes: readonly (readonly [string, unknown])[] = [
  ['a float', 1_900_000_000.5],
  ['negative', -1],
  ['above the safe integers', 2 ** 53],
  ['text', '1900000000'],
  ['null', null],
  ['a list', [1_900_000_000]],
  ['an object', {}],
  ['true', true],
];

describeAttacks('time', [
  {
    title: 'exp passed longer ago than the tolerance of 5 s',
    code: 'token_expired',
    claim: 'exp',
    token: (target) => target.issuer.mint({ iat: now(target) - 300, exp: now(target) - 5 }),
  },
  {
    title: 'a token that was good, and was used, until it expired',
    code: 'token_expired',
    token: async ({ issuer, verifier, clock }) => {
      const token = await issuer.mint({}, { lifetime: 60 });
      await verifier.verify(token);
      clock.advance(65);
      return token;
    },
  },
  {
    title: 'a token that was good, and was used, before the clock was set back',
    code: 'token_not_yet_valid',
    token: async ({ issuer, verifier, clock }) => {
      const token = await issuer.mint();
      await verifier.verify(token);
      clock.advance(-6);
      return token;
    },
  },
  {
    title: 'iat further ahead than the tolerance',
    code: 'token_not_yet_valid',
    claim: 'iat',
    token: (target) => target.issuer.mint({ iat: now(target) + 6 }),
  },
  {
    title: 'nbf further ahead than the tolerance',
    code: 'token_not_yet_valid',
    claim: 'nbf',
    token: (target) => target.issuer.mint({ nbf: now(target) + 6 }),
  },
  {
    title: 'exp further from iat than the longest life',
    code: 'claim_invalid',
    claim: 'exp',
    token: ({ issuer }) => issuer.mint({}, { lifetime: 86_401 }),
  },
  {
    title: 'exp in the far future, and iat as well',
    code: 'token_not_yet_valid',
    token: (target) => target.issuer.mint({ iat: 4_000_000_000, exp: 4_000_000_300 }),
  },
  {
    title: 'a life of years, from an iat of long ago',
    code: 'claim_invalid',
    claim: 'exp',
    token: (target) => target.issuer.mint({ iat: 0 }),
  },
  {
    title: 'a life of years, from an iat that is minus zero',
    code: 'claim_invalid',
    claim: 'exp',
    token: ({ issuer }) =>
      issuer.sign(issuer.header(), JSON.stringify(issuer.claims({ iat: 1 })).replace(/"iat":1\b/, '"iat":-0')),
  },
  {
    title: 'exp before iat, both within the tolerance',
    code: 'claim_invalid',
    claim: 'exp',
    token: (target) => target.issuer.mint({ iat: now(target) + 2, exp: now(target) + 1 }),
  },
  ...['exp', 'iat', 'nbf', 'auth_time'].flatMap((claim) =>
    notTimes.map(([what, value]) => ({
      title: `${claim} that is ${what}`,
      code: 'claim_invalid' as const,
      claim,
      token: ({ issuer }: Target) => issuer.mint({ [claim]: value }),
    })),
  ),
]);

describe.each([
  [undefined, 5],
  [0, 0],
  [60, 60],
])('a tolerance of %p', (clockTolerance, seconds) => {
  it.each([
    ['exp', seconds, -300],
    ['iat', -seconds, 300],
    ['nbf', -seconds, 300],
  ])(`lets %s be wrong by less than ${seconds} s, and by no more`, async (claim, limit, other) => {
    const clock = new ManualClock();
    const issuer = await createTestIssuer({ clock });
    const verifier = new TokenVerifier({
      issuers: [issuer.trusted('orders')],
      clock,
      ...(clockTolerance !== undefined && { clockTolerance }),
    });
    const now = clock.now() / 1000;
    const token = await issuer.mint({ iat: Math.min(now, now + other), exp: Math.max(now, now + other), [claim]: now });
    const inside = claim === 'exp' ? limit - 0.001 : limit;
    clock.advance(inside);
    await expectAccepted(verifier, token);
    clock.advance(claim === 'exp' ? 0.001 : -0.001);
    await expectRefused(verifier, token, claim === 'exp' ? 'token_expired' : 'token_not_yet_valid');
  });
});
