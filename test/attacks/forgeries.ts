import { createHmac, createPublicKey } from 'node:crypto';
import type { Jwk } from '@watchword/auth';
import {
  createTestIssuer,
  type TestClaims,
  type TestIssuer,
  unsigned,
  withBrokenSignature,
  withClaims,
} from '@watchword/auth/testing';

/** How a request is refused, on whatever transport. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
}

export const INVALID: Refusal = { status: 401, code: 'invalid_token' };
export const REQUIRED: Refusal = { status: 401, code: 'authentication_required' };

/** What an attacker has: a good token of theirs, and the keys that everybody can read. */
export interface Loot {
  readonly token: string;
  readonly jwks: { readonly keys: readonly Jwk[] };
}

const decode = (segment: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(segment ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;
const encode = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const keyIdOf = (token: string): unknown => decode(token.split('.')[0])['kid'];

/** The claims of the token under a header of the attacker's, signed with HS256 and some text that is public. */
function hs256(token: string, secret: string): string {
  const [header, payload] = token.split('.');
  const input = `${encode({ ...decode(header), alg: 'HS256' })}.${payload}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** PEM of a public key, which is what a careless verifier would take for an HMAC secret. */
function pem(jwk: Jwk): string {
  return createPublicKey({ key: jwk as Record<string, unknown>, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  }) as string;
}

/** Forgeries that need nothing but {@link Loot}: the issuer never made any of them. */
export const forgeries: readonly (readonly [name: string, forge: (loot: Loot) => Promise<string> | string])[] = [
  ['garbage', () => 'garbage'],
  ['three segments of garbage', () => 'a.b.c'],
  ['a changed payload', ({ token }) => withClaims(token, { roles: ['admin'] })],
  ['another subject', ({ token }) => withClaims(token, { sub: 'somebody-else' })],
  ['a changed signature', ({ token }) => withBrokenSignature(token)],
  ['no signature', ({ token }) => `${token.split('.').slice(0, 2).join('.')}.`],
  ['alg none', ({ token }) => unsigned(token)],
  ['alg None with the old signature', ({ token }) => reheaded(token, { alg: 'None' })],
  ['HS256 signed with the public key as PEM', ({ token, jwks }) => hs256(token, pem(jwks.keys[0]!))],
  ['HS256 signed with the public key as JWK', ({ token, jwks }) => hs256(token, JSON.stringify(jwks.keys[0]))],
  ['HS256 signed with nothing', ({ token }) => hs256(token, '')],
  ['its own key in the header (jwk)', ({ token }) => strangers(token, ({ key }) => ({ jwk: key.publicJwk }))],
  ['another environment, with the same kid', ({ token }) => strangers(token, () => ({ kid: keyIdOf(token) }))],
  [
    'another environment with a secret, with the same kid',
    ({ token }) => strangers(token, () => ({ kid: keyIdOf(token) }), 'HS256'),
  ],
  ['another environment, with its own kid', ({ token }) => strangers(token, () => ({}))],
  ['a duplicated claim', ({ token }) => duplicated(token)],
  ['white space inside', ({ token }) => token.replace('.', '.%20')],
];

function reheaded(token: string, change: object): string {
  const [header, payload, signature] = token.split('.');
  return [encode({ ...decode(header), ...change }), payload, signature].join('.');
}

/** The same claims, signed properly by somebody else who calls themselves the same. */
async function strangers(
  token: string,
  header: (stranger: TestIssuer) => Record<string, unknown>,
  algorithm: 'ES256' | 'HS256' = 'ES256',
): Promise<string> {
  const claims = decode(token.split('.')[1]);
  const stranger = await createTestIssuer({ issuer: String(claims['iss']), algorithm });
  return stranger.mint(claims, { header: header(stranger) });
}

function duplicated(token: string): string {
  const [header, payload, signature] = token.split('.');
  const json = Buffer.from(payload ?? '', 'base64url').toString('utf8');
  return [header, encode(json.replace('{', '{"sub":"somebody-else",')), signature].join('.');
}

const hour = 3600;
const now = (): number => Math.floor(Date.now() / 1000);

/** Tokens that the trusted issuer signed, and that are not good here and now. */
export const misuses: readonly (readonly [
  name: string,
  mint: (issuer: TestIssuer, claims: TestClaims) => Promise<string>,
])[] = [
  ['expired', (issuer, claims) => issuer.mint({ ...claims, iat: now() - hour, exp: now() - 60 })],
  ['issued in the future', (issuer, claims) => issuer.mint({ ...claims, iat: now() + hour, exp: now() + 2 * hour })],
  ['not yet valid', (issuer, claims) => issuer.mint({ ...claims, nbf: now() + hour })],
  ['valid for a year', (issuer, claims) => issuer.mint({ ...claims, exp: now() + 365 * 24 * hour })],
  ['of another issuer', (issuer, claims) => issuer.mint({ ...claims, iss: 'https://elsewhere.test' })],
  ['of an issuer with a slash more', (issuer, claims) => issuer.mint({ ...claims, iss: `${issuer.issuer}/` })],
  ['for another audience', (issuer, claims) => issuer.mint({ ...claims, aud: ['billing'] })],
  ['for no audience', (issuer, claims) => issuer.mint({ ...claims, aud: [] })],
  ['an ID token', (issuer, claims) => issuer.mint(claims, { header: { typ: 'JWT' } })],
  ['a refresh token in the form of a JWT', (issuer, claims) => issuer.mint(claims, { header: { typ: 'rt+jwt' } })],
  ['without a subject', (issuer, claims) => issuer.mint({ ...claims, sub: undefined })],
  ['without an end', (issuer, claims) => issuer.mint({ ...claims, exp: undefined })],
  ['whose end is a float', (issuer, claims) => issuer.mint({ ...claims, exp: now() + 60.5 })],
  ['without a kid', (issuer, claims) => issuer.mint(claims, { header: { kid: undefined } })],
  ['with a critical extension', (issuer, claims) => issuer.mint(claims, { header: { crit: ['exp'] } })],
];
