import { auth } from 'express-oauth2-jwt-bearer';
import type { Authentication, ServiceSettings } from '../settings.js';

/** Auth0's Express middleware before all routes, as its documentation has it. */
export function oauth2JwtBearer({ issuer, audience, jwksUri }: ServiceSettings): Authentication {
  return { configure: (app) => app.use(auth({ issuer, audience, jwksUri, tokenSigningAlg: 'ES256' })) };
}
