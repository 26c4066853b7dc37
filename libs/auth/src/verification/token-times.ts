import { AuthError } from './auth-error.js';

/** When a token is valid, in milliseconds since the epoch, with the tolerance. Computed once, checked at every use. */
export interface TokenTimes {
  /** The start of its validity: the later of `iat` and `nbf`. */
  readonly from: number;
  /** The end of its validity, exclusive: `exp`. */
  readonly until: number;
  readonly fromClaim: 'iat' | 'nbf';
}

/** @param times in seconds, known to be non-negative safe integers. @param tolerance in seconds. */
export function tokenTimes(
  times: { iat: number; nbf: number | undefined; exp: number },
  tolerance: number,
): TokenTimes {
  const late = times.nbf !== undefined && times.nbf > times.iat;
  const from = late ? (times.nbf as number) : times.iat;
  return { from: (from - tolerance) * 1000, until: (times.exp + tolerance) * 1000, fromClaim: late ? 'nbf' : 'iat' };
}

/**
 * @param now in milliseconds since the epoch. If it is NaN, every token is refused.
 * @throws AuthError `token_expired` or `token_not_yet_valid`
 */
export function checkTimes(times: TokenTimes, now: number): void {
  if (now >= times.from && now < times.until) return;
  if (now < times.from) throw new AuthError('token_not_yet_valid', { claim: times.fromClaim });
  throw new AuthError('token_expired', { claim: 'exp' });
}
