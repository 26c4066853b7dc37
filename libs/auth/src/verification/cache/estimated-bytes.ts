import type { VerifiedToken } from '../verified-token.js';

/** Bytes for a token and its cache entry, without the claims. */
const ENTRY = 1024;
const OBJECT = 64;
/** Bytes for a member of an object with its name, or for a member of a set. */
const MEMBER = 80;
const ITEM = 8;
const TEXT = 24;

/**
 * An upper estimate of the memory that a cached token takes, in bytes.
 *
 * It counts the parsed claims and not the length of the token: in memory, a list of empty objects takes sixteen times its
 * length, and this library does not control what a trusted issuer signs.
 */
export function estimatedBytes(token: string, { claims, scopes, roles }: VerifiedToken): number {
  return ENTRY + token.length + MEMBER * (scopes.size + roles.size) + bytesOf(claims);
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return TEXT + 2 * value.length;
  if (typeof value !== 'object' || value === null) return ITEM;
  let bytes = OBJECT;
  if (Array.isArray(value)) for (const item of value) bytes += ITEM + bytesOf(item);
  else for (const inner of Object.values(value)) bytes += MEMBER + bytesOf(inner);
  return bytes;
}
