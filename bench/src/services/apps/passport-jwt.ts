import { APP_GUARD } from '@nestjs/core';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { passportJwtSecret } from 'jwks-rsa';
import { ExtractJwt, Strategy } from 'passport-jwt';
import type { Authentication, ServiceSettings } from '../settings.js';

/** The recipe that most Nest services use: AuthGuard('jwt') with passport-jwt, its key from jwks-rsa. */
export function passportJwt({ jwksUri, issuer, audience }: ServiceSettings): Authentication {
  class JwtStrategy extends PassportStrategy(Strategy) {
    constructor() {
      super({
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider: passportJwtSecret({ jwksUri, cache: true, rateLimit: true, jwksRequestsPerMinute: 5 }),
        issuer,
        audience,
        algorithms: ['ES256'],
      });
    }

    validate(payload: unknown): unknown {
      return payload;
    }
  }
  return { providers: [JwtStrategy, { provide: APP_GUARD, useClass: AuthGuard('jwt') }] };
}
