import { APP_GUARD } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import type { Authentication, ServiceSettings } from '../settings.js';
import { BearerGuard } from './bearer-guard.js';

/** The guard of Nest's documentation over @nestjs/jwt (jsonwebtoken) with the public key as PEM. */
export function nestjsJwt({ publicKeyPem, issuer, audience }: ServiceSettings): Authentication {
  const verifyOptions = { issuer, audience, algorithms: ['ES256' as const] };
  return {
    imports: [JwtModule.register({ publicKey: publicKeyPem, verifyOptions })],
    providers: [
      {
        provide: APP_GUARD,
        inject: [JwtService],
        useFactory: (jwt: JwtService) => new BearerGuard((token) => jwt.verifyAsync(token)),
      },
    ],
  };
}
