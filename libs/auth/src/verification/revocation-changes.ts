import type { RevocationCheck } from './trusted-issuer.js';

/** How often a list that cannot tell of its changes is looked at: once for all that wait, not once for each. */
const POLL_MS = 1000;

/**
 * Calls `listener` when the answer of `check` for any token may have changed.
 *
 * @returns stops it
 */
export function whenRevocationsChange(check: RevocationCheck, listener: () => void): () => void {
  if (check.onChange !== undefined) return check.onChange(listener);
  let seen = check.version;
  const timer = setInterval(() => {
    const { version } = check;
    if (version !== undefined && version === seen) return;
    seen = version;
    listener();
  }, POLL_MS).unref();
  return () => clearInterval(timer);
}

/** A token is revoked if one of the two says so. */
export function bothRevocations(first: RevocationCheck, second: RevocationCheck): RevocationCheck {
  return {
    isRevoked: (token) => first.isRevoked(token) || second.isRevoked(token),
    onChange: (listener) => {
      const stops = [first, second].map((check) => whenRevocationsChange(check, listener));
      return () => stops.forEach((stop) => stop());
    },
  };
}
