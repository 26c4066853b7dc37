import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Authentication, ServiceSettings } from '../settings.js';
import { bearerGuard } from './bearer-guard.js';

/** A hand-made guard on jose with its remote key set. */
export function joseRemote({ jwksUri, issuer, audience }: ServiceSettings): Authentication {
  const keys = createRemoteJWKSet(new URL(jwksUri));
  const options = { issuer, audience, algorithms: ['ES256'], typ: 'at+jwt' };
  return { providers: [bearerGuard(async (token) => (await jwtVerify(token, keys, options)).payload)] };
}
