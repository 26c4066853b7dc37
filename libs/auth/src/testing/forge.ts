import type { SigningKey } from './signing-key.js';

/** Text or bytes, used unchanged, or a value that is written as JSON. */
export type SegmentContent = string | Buffer | object;

/**
 * A token with these contents, valid or not, signed with this key.
 *
 * @example
 * ```ts
 * import { createSigningKey, signToken } from '@watchword/auth/testing';
 *
 * const key = await createSigningKey('ES256');
 * // The payload has `sub` twice, so it has two meanings.
 * export const token = signToken(key, { typ: 'at+jwt', alg: 'ES256', kid: key.keyId }, '{"sub":"ada","sub":"eve"}');
 * ```
 */
export function signToken(key: SigningKey, header: SegmentContent, payload: SegmentContent): string {
  const signingInput = `${encodeSegment(header)}.${encodeSegment(payload)}`;
  return `${signingInput}.${key.sign(signingInput).toString('base64url')}`;
}

/**
 * One segment of a token: base64url without padding (RFC 7515 §2).
 *
 * @example
 * ```ts
 * import { encodeSegment } from '@watchword/auth/testing';
 *
 * encodeSegment({ alg: 'none' }); // 'eyJhbGciOiJub25lIn0'
 * ```
 */
export function encodeSegment(content: SegmentContent): string {
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  return Buffer.from(bytes as string).toString('base64url');
}

/**
 * The same token with other claims and the old signature.
 *
 * @example
 * ```ts
 * import { type TestIssuer, withClaims } from '@watchword/auth/testing';
 *
 * export async function forgedAdmin(issuer: TestIssuer): Promise<string> {
 *   return withClaims(await issuer.mint(), { roles: ['admin'] });
 * }
 * ```
 */
export function withClaims(token: string, change: Readonly<Record<string, unknown>>): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [header, encodeSegment({ ...claims, ...change }), signature].join('.');
}

/**
 * The same token with one bit of its signature changed.
 *
 * @example
 * ```ts
 * import { type TestIssuer, withBrokenSignature } from '@watchword/auth/testing';
 *
 * export async function damaged(issuer: TestIssuer): Promise<string> {
 *   return withBrokenSignature(await issuer.mint());
 * }
 * ```
 */
export function withBrokenSignature(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
  return [header, payload, bytes.toString('base64url')].join('.');
}

/**
 * The same claims without a signature (RFC 7518 §3.6). Such a token must always be refused.
 *
 * @example
 * ```ts
 * import { type TestIssuer, unsigned } from '@watchword/auth/testing';
 *
 * export async function unsignedAdmin(issuer: TestIssuer): Promise<string> {
 *   return unsigned(await issuer.mint({ roles: ['admin'] }));
 * }
 * ```
 */
export function unsigned(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const parameters = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return `${encodeSegment({ ...parameters, alg: 'none' })}.${payload}.`;
}
