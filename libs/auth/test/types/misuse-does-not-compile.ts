/**
 * What must not compile. `tsc --noEmit` reads this file: a line marked `@ts-expect-error` that does compile is an error.
 * It is never run.
 */
import { AccessTokenGuard } from '../../src/nest/access-token.guard.js';
import { TokenVerifier, type TrustedIssuer, type VerifiedToken } from '../../src/verification/index.js';

const issuer = 'https://issuer.test';
const audience = 'orders';
const keys = { jwksUri: 'https://issuer.test/jwks.json' } as const;

export const good: readonly TrustedIssuer[] = [
  { issuer, audience, keys },
  { issuer, audience: ['orders', 'catalog'], keys: { discovery: true }, algorithms: ['RS256', 'PS256'] },
  { issuer, audience, keys: { jwks: { keys: [] } } },
  { issuer, audience, secrets: ['new', 'old'] },
];

export const bad: readonly TrustedIssuer[] = [
  // @ts-expect-error an issuer without an audience: any service's token would do
  { issuer, keys },
  // @ts-expect-error no issuer: anyone's token would do
  { audience, keys },
  // @ts-expect-error nothing to verify with
  { issuer, audience },
  // @ts-expect-error a list of audiences that lets nobody in, or everybody, depending on who reads it
  { issuer, audience: [], keys },
  // @ts-expect-error symmetric and asymmetric for one issuer
  { issuer, audience, keys, secrets: ['secret'] },
  // @ts-expect-error a secret's algorithm with public keys: the public key would be the secret
  { issuer, audience, keys, algorithms: ['HS256'] },
  // @ts-expect-error both kinds of algorithm for one issuer
  { issuer, audience, keys, algorithms: ['ES256', 'HS256'] },
  // @ts-expect-error a public key's algorithm with a secret
  { issuer, audience, secrets: ['secret'], algorithms: ['ES256'] },
  // @ts-expect-error an HS256 issuer with a JWKS URL
  { issuer, audience, keys, algorithms: ['HS256'], secrets: ['secret'] },
  // @ts-expect-error no algorithm at all
  { issuer, audience, keys, algorithms: [] },
  // @ts-expect-error RFC 7518 §3.6
  { issuer, audience, keys, algorithms: ['none'] },
  // @ts-expect-error two sources of keys
  { issuer, audience, keys: { jwksUri: 'https://issuer.test/jwks.json', jwks: { keys: [] } } },
  // @ts-expect-error no source of keys
  { issuer, audience, keys: {} },
  // @ts-expect-error no secret
  { issuer, audience, secrets: [] },
  // @ts-expect-error more secrets than a change from one to the next needs
  { issuer, audience, secrets: ['a', 'b', 'c'] },
  // @ts-expect-error no type of token
  { issuer, audience, keys, tokenTypes: [] },
];

// @ts-expect-error a verifier that trusts nobody
export const trustsNobody = new TokenVerifier({ issuers: [] });

declare const token: VerifiedToken;

export function changesWhatWasVerified(): void {
  // @ts-expect-error what was verified can't be changed
  token.subject = 'admin';
  // @ts-expect-error
  token.roles.add('admin');
  // @ts-expect-error
  token.claims.sub = 'admin';
  // @ts-expect-error
  token.audience.push('everything');
}

export class AsynchronousSteps extends AccessTokenGuard {
  // @ts-expect-error nobody would await it: the request would be let in before
  protected override async requirements() {
    return super.requirements({} as never);
  }

  // @ts-expect-error the same
  protected override async token() {
    return 'token';
  }

  // @ts-expect-error its rejection would end the process
  protected override async onRefused() {}
}
