import type { SigningKey } from './signing-key.js';

/** Text or bytes, used unchanged, or a value that is written as JSON. */
export type SegmentContent = string | Buffer | object;

/** A token with these contents, valid or not, signed with this key. */
export function signToken(key: SigningKey, header: SegmentContent, payload: SegmentContent): string {
  const signingInput = `${encodeSegment(header)}.${encodeSegment(payload)}`;
  return `${signingInput}.${key.sign(signingInput).toString('base64url')}`;
}

export function encodeSegment(content: SegmentContent): string {
  const bytes = typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
  return Buffer.from(bytes as string).toString('base64url');
}

/** The same token with other claims and the old signature. */
export function withClaims(token: string, change: Readonly<Record<string, unknown>>): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  return [header, encodeSegment({ ...claims, ...change }), signature].join('.');
}

/** The same token with one bit of its signature changed. */
export function withBrokenSignature(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes.writeUInt8(bytes.readUInt8(5) ^ 1, 5);
  return [header, payload, bytes.toString('base64url')].join('.');
}

/** The same claims without a signature (RFC 7518 §3.6). Such a token must always be refused. */
export function unsigned(token: string): string {
  const [header = '', payload = ''] = token.split('.');
  const parameters = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return `${encodeSegment({ ...parameters, alg: 'none' })}.${payload}.`;
}
