import { JwtVerifier } from 'aws-jwt-verify';
import type { Authentication, ServiceSettings } from '../settings.js';
import { bearerGuard } from './bearer-guard.js';

/** A hand-made guard on aws-jwt-verify's general verifier; it fetches over HTTPS alone, so its key set is given. */
export function awsJwtVerify({ issuer, audience, jwks }: ServiceSettings): Authentication {
  const verifier = JwtVerifier.create({ issuer, audience });
  verifier.cacheJwks({ keys: jwks.keys.filter((key) => key.alg === 'ES256') } as never);
  return { providers: [bearerGuard((token) => verifier.verify(token))] };
}
