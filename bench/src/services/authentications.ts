import type { Authentication, ServiceSettings } from './settings.js';

type Load = () => Promise<(settings: ServiceSettings) => Authentication>;

/** Every way of authentication by name. A service loads its own alone, as an app would. */
export const authentications: Readonly<Record<string, Load>> = {
  none: () => Promise.resolve(() => ({})),
  watchword: async () => (await import('./apps/watchword.js')).watchword,
  'watchword by passport': async () => (await import('./apps/watchword-passport.js')).watchwordByPassport,
  'passport-jwt + jwks-rsa': async () => (await import('./apps/passport-jwt.js')).passportJwt,
  '@nestjs/jwt': async () => (await import('./apps/nestjs-jwt.js')).nestjsJwt,
  'jose, remote key set': async () => (await import('./apps/jose-remote.js')).joseRemote,
  'fast-jwt, cache of 20,000': async () => (await import('./apps/fast-jwt.js')).fastJwtCached,
  'fast-jwt, no cache': async () => (await import('./apps/fast-jwt.js')).fastJwtUncached,
  'aws-jwt-verify': async () => (await import('./apps/aws-jwt-verify.js')).awsJwtVerify,
  'express-oauth2-jwt-bearer': async () => (await import('./apps/oauth2-jwt-bearer.js')).oauth2JwtBearer,
  'nest-keycloak-connect, offline': async () => (await import('./apps/keycloak-connect.js')).keycloakConnect,
};
