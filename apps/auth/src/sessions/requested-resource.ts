import { Refusal } from '@watchword/platform';
import { ISSUER_AUDIENCE } from '../config/index.js';

/** The allowed `resource` of a login or a refresh (RFC 8707 §2). Without it, the token is for LOGIN_AUDIENCES. */
export type Resource = typeof ISSUER_AUDIENCE;

/** @throws Refusal `invalid_target` for any other resource (RFC 8707 §2) */
export function requestedResource(text: string | undefined): Resource | undefined {
  if (text === undefined || text === ISSUER_AUDIENCE) return text;
  throw new Refusal('invalid', 'invalid_target', `The resource must be ${ISSUER_AUDIENCE}, or be omitted`);
}
