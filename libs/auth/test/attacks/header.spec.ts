import { createSigningKey } from '../../src/entry/testing.js';
import { describeAttacks, type Target } from './describe-attacks.js';

function withHeader(change: Record<string, unknown>) {
  return ({ issuer }: Target) => issuer.mint({}, { header: change });
}

/** Signed by the attacker's key, which the header offers in one of the ways that JWS knows. */
function offering(parameter: (jwk: object) => Record<string, unknown>) {
  return async ({ issuer }: Target) => {
    const key = await createSigningKey('ES256');
    const header = issuer.header({ kid: issuer.key.keyId, ...parameter(key.publicJwk ?? {}) });
    return issuer.sign(header, issuer.claims(), key);
  };
}

const REFUSED: readonly (readonly [string, unknown])[] = [
  ['crit', ['exp']],
  ['crit', []],
  ['crit', null],
  ['b64', false],
  ['b64', true],
  ['zip', 'DEF'],
];

describeAttacks('header', [
  ...REFUSED.map(([claim, value]) => ({
    title: `${claim}: ${JSON.stringify(value)}`,
    code: 'header_invalid' as const,
    claim,
    token: withHeader({ [claim]: value }),
  })),
  ...[undefined, '', 7, null, ['ES256'], { toString: 'ES256' }].map((alg) => ({
    title: `alg that is ${JSON.stringify(alg)}`,
    code: 'header_invalid' as const,
    claim: 'alg',
    token: withHeader({ alg }),
  })),
  ...[undefined, '', 7, null, ['kid'], 'k'.repeat(257)].map((kid) => ({
    title: `kid that is ${JSON.stringify(kid ?? 'missing').slice(0, 20)}`,
    code: 'header_invalid' as const,
    claim: 'kid',
    token: withHeader({ kid }),
  })),
  ...["' OR 1=1 --", '../../../../dev/null', '__proto__', 'constructor', 'k'.repeat(256), '\u0007', '|/bin/sh'].map(
    (kid) => ({
      title: `kid made up: ${JSON.stringify(kid).slice(0, 30)}`,
      code: 'key_unknown' as const,
      token: withHeader({ kid }),
    }),
  ),
  {
    title: "the attacker's key as jwk",
    code: 'signature_invalid',
    token: offering((jwk) => ({ jwk })),
  },
  {
    title: "the attacker's key behind jku",
    code: 'signature_invalid',
    token: offering(() => ({ jku: 'http://127.0.0.1:9/jwks.json' })),
  },
  {
    title: "the attacker's key behind x5u",
    code: 'signature_invalid',
    token: offering(() => ({ x5u: 'http://127.0.0.1:9/cert.pem' })),
  },
  {
    title: "the attacker's certificate as x5c",
    code: 'signature_invalid',
    token: offering(() => ({ x5c: ['MIIB'], x5t: 'abc' })),
  },
]);
