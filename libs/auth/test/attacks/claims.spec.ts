import { createTestIssuer } from '../../src/entry/testing.js';
import { describeAttacks, type Target } from './describe-attacks.js';

const REQUIRED = ['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'client_id'];
const TEXTS = ['iss', 'sub', 'jti', 'client_id', 'sid', 'acr'];
const LISTS = ['roles', 'amr'];

function withClaim(claim: string, value: unknown) {
  return ({ issuer }: Target) => issuer.mint({ [claim]: value });
}

describeAttacks('claims', [
  ...REQUIRED.map((claim) => ({
    title: `without ${claim}`,
    code: 'claim_missing' as const,
    claim,
    token: withClaim(claim, undefined),
  })),
  ...TEXTS.flatMap((claim) =>
    ['', 7, null, ['text'], { toString: 'text' }, true].map((value) => ({
      title: `${claim} that is ${JSON.stringify(value)}`,
      code: 'claim_invalid' as const,
      claim,
      token: withClaim(claim, value),
    })),
  ),
  ...LISTS.flatMap((claim) =>
    ['admin', { 0: 'admin', length: 1 }, ['admin', 7], [''], [['admin']], null].map((value) => ({
      title: `${claim} that is ${JSON.stringify(value)}`,
      code: 'claim_invalid' as const,
      claim,
      token: withClaim(claim, value),
    })),
  ),
  ...['', [], [''], [7], ['orders', null], {}, 7, null].map((value) => ({
    title: `aud that is ${JSON.stringify(value)}`,
    code: 'claim_invalid' as const,
    claim: 'aud',
    token: withClaim('aud', value),
  })),
  ...[['catalog'], 'catalog', ['Orders'], ['orders '], ['order'], ['https://orders'], [' orders'], ['*']].map(
    (value) => ({
      title: `aud of another service: ${JSON.stringify(value)}`,
      code: 'audience_mismatch' as const,
      claim: 'aud',
      token: withClaim('aud', value),
    }),
  ),
  ...[7, ['orders:read'], ' orders:read', 'orders:read ', 'a  b', 'a"b', 'a\\b', 'a\tb', 'ä', null].map((value) => ({
    title: `scope that is ${JSON.stringify(value)}`,
    code: 'claim_invalid' as const,
    claim: 'scope',
    token: withClaim('scope', value),
  })),
  ...[
    'orders',
    [],
    {},
    { sub: '' },
    { sub: 7 },
    { sub: 'a', act: null },
    { sub: 'a', act: { sub: 'b', act: { sub: 'c', act: { sub: 'd' } } } },
  ].map((value) => ({
    title: `act that is ${JSON.stringify(value)}`,
    code: 'claim_invalid' as const,
    claim: 'act',
    token: withClaim('act', value),
  })),
  ...[
    'https://issuer.test/',
    'HTTPS://issuer.test',
    'https://issuer.test ',
    'http://issuer.test',
    'https://evil.test',
    '__proto__',
  ].map((issuer) => ({
    title: `iss that is ${JSON.stringify(issuer)}, signed by the trusted key`,
    code: 'issuer_unknown' as const,
    claim: 'iss',
    token: withClaim('iss', issuer),
  })),
  {
    title: 'a good token of an issuer that is not trusted',
    code: 'issuer_unknown',
    token: async ({ clock }) => (await createTestIssuer({ issuer: 'https://evil.test', clock })).mint(),
  },
  {
    title: 'a token whose jti was revoked',
    code: 'token_revoked',
    token: ({ issuer, revoked }) => {
      revoked.add('revoked-before');
      return issuer.mint({ jti: 'revoked-before' });
    },
  },
  {
    title: 'a token that was good, and was used, until its jti was revoked',
    code: 'token_revoked',
    token: async ({ issuer, verifier, revoked }) => {
      const token = await issuer.mint({ jti: 'revoked-later' });
      await verifier.verify(token);
      revoked.add('revoked-later');
      return token;
    },
  },
]);
