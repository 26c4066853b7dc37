import { APP_GUARD } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { TokenVerifier } from '@watchword/auth';
import { JwtStrategy } from '@watchword/auth/passport';
import type { Authentication, ServiceSettings } from '../settings.js';

/** The same verifier behind passport's AuthGuard('jwt') instead of the global guard: what passport itself costs. */
export function watchwordByPassport({ issuer, audience, jwksUri }: ServiceSettings): Authentication {
  const verifier = new TokenVerifier({ issuers: [{ issuer, audience, keys: { jwksUri } }] });
  return {
    providers: [
      { provide: TokenVerifier, useFactory: () => verifier.start().then(() => verifier) },
      JwtStrategy,
      { provide: APP_GUARD, useClass: AuthGuard('jwt') },
    ],
  };
}
