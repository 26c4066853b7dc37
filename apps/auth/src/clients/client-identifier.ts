import { isUuid } from '../database/is-uuid.js';

const CLIENT_ID = /^[a-z][a-z0-9._-]{1,63}$/;

/** What a client may be called, in words for the one who chose otherwise. */
export const CLIENT_ID_RULE =
  'must be 2 to 64 lower-case letters, digits, dots, dashes and underscores, begin with a letter, and not look like a UUID';

/**
 * Accounts are UUIDs and clients never look like one: a client cannot pick a name under which its own tokens,
 * whose `sub` it is, would pass for a person's (RFC 9700 §4.15).
 */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && CLIENT_ID.test(value) && !isUuid(value);
}
