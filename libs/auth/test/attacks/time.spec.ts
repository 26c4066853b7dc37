import { describeAttacks, type Target } from './describe-attacks.js';

function now({ clock }: Target): number {
  return clock.now() / 1000;
}

const notTimes: readonly (readonly [string, unknown])[] = [
  ['a float', 1_900_000_000.5],
  ['negative', -1],
  ['above the safe integers', 2 ** 53],
  ['infinite', Number.POSITIVE_INFINITY],
  ['text', '1900000000'],
  ['null', null],
  ['a list', [1_900_000_000]],
  ['an object', {}],
  ['true', true],
];

/** JSON.stringify would write null for an infinite number. */
function withTime({ issuer }: Target, claim: string, value: unknown): string {
  const text = value === Number.POSITIVE_INFINITY ? '1e999' : JSON.stringify(value);
  const others = JSON.stringify(issuer.claims({ [claim]: undefined }));
  return issuer.sign(issuer.header(), `${others.slice(0, -1)},"${claim}":${text}}`);
}

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
      token: (target: Target) => withTime(target, claim, value),
    })),
  ),
]);
