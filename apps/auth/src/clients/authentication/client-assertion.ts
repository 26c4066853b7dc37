import { type Clock, parseStrictJsonObject } from '@watchword/auth';
import { createPublicKey } from 'node:crypto';
import { jwtVerify, type JWTPayload } from 'jose';
import { JOSEError } from 'jose/errors';
import { algorithmNamesOf } from '../client-keys.js';
import type { ClientKeys } from '../client.js';

/** In seconds. An assertion is made for one request, so it needs no longer lifetime. */
const MAX_LIFETIME = 300;
const CLOCK_TOLERANCE = 5;
const MAX_JTI_LENGTH = 256;
/** The allowed values of `typ`, so that no other kind of token is accepted as an assertion (RFC 8725 §3.11). */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'jwt', 'client-authentication+jwt'];

/** Why an assertion is refused, for the log. */
export class ClientAssertionError extends Error {
  override readonly name = 'ClientAssertionError';
}

export interface VerifiedAssertion {
  readonly jti: string;
  /** In milliseconds since the epoch, with the tolerance. */
  readonly expiresAt: number;
}

/** The client that an assertion names. Nothing is verified. */
export function clientNamedBy(assertion: string): string | undefined {
  try {
    const { iss, sub } = readPart(assertion, 'payload');
    return iss === sub && typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Verifies the assertion with which a client authenticates (RFC 7523 §3).
 *
 * The audience must be the issuer identifier. The URL of an endpoint, which RFC 7523 also allowed, is not accepted: another server
 * could trick a client into signing for it (draft-ietf-oauth-rfc7523bis §4).
 *
 * @throws ClientAssertionError
 */
export async function verifyClientAssertion(
  assertion: string,
  { clientId, keys, issuer, clock }: VerifyOptions,
): Promise<VerifiedAssertion> {
  const now = clock.now();
  try {
    const key = keyFor(assertion, keys);
    // jose reads the payload with JSON.parse, which uses the last of two members with the same name.
    readPart(assertion, 'payload');
    const { payload } = await jwtVerify(assertion, createPublicKey({ key, format: 'jwk' }), {
      algorithms: algorithmNamesOf(key),
      issuer: clientId,
      subject: clientId,
      audience: issuer,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(now),
    });
    return checkClaims(payload, now);
  } catch (error) {
    if (error instanceof JOSEError) throw new ClientAssertionError(error.code, { cause: error });
    throw error;
  }
}

export interface VerifyOptions {
  readonly clientId: string;
  readonly keys: ClientKeys['keys'];
  /** The issuer identifier. */
  readonly issuer: string;
  readonly clock: Clock;
}

/** The key for the assertion. The algorithm is that of the key, not that of the header. */
function keyFor(assertion: string, keys: ClientKeys['keys']): ClientKeys['keys'][number] {
  const { kid, typ } = readPart(assertion, 'header');
  if (!TYPES.includes(typ)) throw new ClientAssertionError('its typ is that of another kind of token');
  const [key, other] = kid === undefined ? keys : keys.filter((candidate) => candidate['kid'] === kid);
  if (key === undefined) throw new ClientAssertionError('its kid is not known');
  if (other !== undefined) throw new ClientAssertionError('it has no kid, and the client has several keys');
  return key;
}

/** @throws ClientAssertionError unless it is strict JSON with one meaning only */
function readPart(assertion: string, part: 'header' | 'payload'): Readonly<Record<string, unknown>> {
  const [header = '', payload = ''] = assertion.split('.', 2);
  try {
    return parseStrictJsonObject(Buffer.from(part === 'header' ? header : payload, 'base64url'));
  } catch (error) {
    throw new ClientAssertionError(`its ${part} cannot be read: ${(error as SyntaxError).message}`);
  }
}

function checkClaims({ aud, exp = 0, iat, jti }: JWTPayload, now: number): VerifiedAssertion {
  // An assertion with more audiences could be replayed at another server.
  if (Array.isArray(aud) && aud.length !== 1) throw new ClientAssertionError('it is for several audiences');
  const seconds = now / 1000;
  if (exp > seconds + MAX_LIFETIME + CLOCK_TOLERANCE) throw new ClientAssertionError('its lifetime is too long');
  if (iat !== undefined && iat > seconds + CLOCK_TOLERANCE) throw new ClientAssertionError('its iat is in the future');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH || jti.includes('\0')) {
    throw new ClientAssertionError('its jti is not a string of 1 to 256 characters');
  }
  return { jti, expiresAt: (exp + CLOCK_TOLERANCE) * 1000 };
}
