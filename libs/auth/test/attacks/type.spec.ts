import { createTestIssuer } from '../../src/entry/testing.js';
import { TokenVerifier } from '../../src/verification/index.js';
import { describeAttacks, expectAccepted, type Target } from './describe-attacks.js';

const TYPES = [
  undefined,
  '',
  'JWT',
  'jwt',
  'at+jwt ',
  'at+jwt;charset=utf-8',
  'application/application/at+jwt',
  'text/at+jwt',
  'rt+jwt',
  'logout+jwt',
  'dpop+jwt',
  'secevent+jwt',
  'none',
  7,
  null,
  ['at+jwt'],
];

describeAttacks(
  'type',
  TYPES.map((typ) => ({
    title: `a token of another kind, typ ${JSON.stringify(typ)}, with all claims of an access token`,
    code: 'type_not_allowed' as const,
    token: ({ issuer }: Target) => issuer.mint({}, { header: { typ } }),
  })),
);

it.each(['at+jwt', 'AT+JWT', 'application/at+jwt', 'Application/At+Jwt'])(
  'typ %s is that of an access token',
  async (typ) => {
    const issuer = await createTestIssuer();
    const verifier = new TokenVerifier({ issuers: [issuer.trusted('orders')] });
    await expectAccepted(verifier, await issuer.mint({}, { header: { typ } }));
  },
);
