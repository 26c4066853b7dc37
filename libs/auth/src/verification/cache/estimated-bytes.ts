import type { VerifiedToken } from '../verified-token.js';

/** What a token and its place in the cache take besides its claims. */
const ENTRY = 1024;
const OBJECT = 64;
/** A member of an object with its name, or of a set. */
const MEMBER = 80;
const ITEM = 8;
const TEXT = 24;

/**
 * The memory that a verified token takes while it is kept, rather too much than too little.
 *
 * By what is in its claims, not by its length: a list of empty objects takes sixteen times its length, and the
 * issuers that are trusted sign what they like.
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
