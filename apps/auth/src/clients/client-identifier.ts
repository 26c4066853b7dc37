import { isUuid } from '../database/is-uuid.js';

const CLIENT_ID = /^[a-z][a-z0-9._-]{1,63}$/;

/** The rule for client ids, for error messages. */
export const CLIENT_ID_RULE =
  'must be 2 to 64 lower-case letters, digits, dots, dashes and underscores, begin with a letter, and not look like a UUID';

/**
 * The ids of accounts are UUIDs, and a client id must not look like one. So the tokens of a client, whose `sub` is its id, cannot be
 * mistaken for those of a person (RFC 9700 §4.15).
 */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && CLIENT_ID.test(value) && !isUuid(value);
}
