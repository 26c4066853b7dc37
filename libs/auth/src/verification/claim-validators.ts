import type { ClaimValidator } from './claims-profile.js';

const MAX_ACTORS = 3;
/** Space-delimited scope-tokens of printable ASCII without `"` and `\` (RFC 6749 §3.3). */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/;

export const nonEmptyString: ClaimValidator = (value) =>
  typeof value === 'string' && value !== '' ? undefined : 'not a non-empty string';

export const nonEmptyStrings: ClaimValidator = (value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
    ? undefined
    : 'not a list of non-empty strings';

/** A string or a non-empty list of strings (RFC 7519 §4.1.3). */
export const audience: ClaimValidator = (value) => {
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  return typeof value === 'string' ? nonEmptyString(value) : nonEmptyStrings(value);
};

/** Whole seconds since the epoch. Stricter than NumericDate of RFC 7519 §2, so that all libraries read the same time. */
export const seconds: ClaimValidator = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'not a non-negative integer';

/** May be empty: a token without permissions. */
export const scope: ClaimValidator = (value) =>
  typeof value === 'string' && (value === '' || SCOPE.test(value)) ? undefined : 'not a space-delimited list';

/** The chain of acting services (RFC 8693 §4.1), at most 3 deep. */
export const actor: ClaimValidator = (value) => {
  let current: unknown = value;
  for (let depth = 1; current !== undefined; depth += 1) {
    if (depth > MAX_ACTORS) return `more than ${MAX_ACTORS} actors`;
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return 'not an object';
    const { sub, act } = current as { sub?: unknown; act?: unknown };
    if (nonEmptyString(sub) !== undefined) return 'an actor without a sub';
    current = act;
  }
  return undefined;
};
