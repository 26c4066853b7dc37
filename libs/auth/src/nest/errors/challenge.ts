/**
 * The headers that go with a refusal: the challenge of RFC 6750 §3 with 400, 401 and 403, `Retry-After` with 503.
 * A request without credentials gets a challenge without `error` (§3.1).
 */
export function challenge(status: number, code: string, scope?: string): Record<string, string> {
  if (status === 503) return { 'Retry-After': RETRY_AFTER_SECONDS };
  const error = BEARER_ERRORS.get(code);
  if (error === undefined) return status === 401 || status === 403 ? { 'WWW-Authenticate': 'Bearer' } : {};
  const granted = scope === undefined ? '' : `, scope="${scope}"`;
  return { 'WWW-Authenticate': `Bearer error="${error}"${granted}` };
}

/** Keys are fetched again within seconds. */
const RETRY_AFTER_SECONDS = '5';

/** RFC 6750 §3.1 has three errors. A missing role is a lack of privileges, so its error is `insufficient_scope`. */
const BEARER_ERRORS: ReadonlyMap<string, string> = new Map([
  ['invalid_request', 'invalid_request'],
  ['invalid_token', 'invalid_token'],
  ['insufficient_scope', 'insufficient_scope'],
  ['insufficient_role', 'insufficient_scope'],
]);
