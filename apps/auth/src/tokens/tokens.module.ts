import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { AuthConfig, CLOCK } from '../config/index.js';
import { TokenSigner } from '../keys/token-signer.js';
import { AccessTokenIssuer } from './access-token-issuer.js';

@Global()
@Module({
  providers: [
    {
      provide: AccessTokenIssuer,
      inject: [TokenSigner, AuthConfig, CLOCK],
      useFactory: (signer: TokenSigner, config: AuthConfig, clock: Clock) =>
        new AccessTokenIssuer(signer, { issuer: config.AUTH_ISSUER, lifetime: config.ACCESS_TOKEN_TTL }, clock),
    },
  ],
  exports: [AccessTokenIssuer],
})
export class TokensModule {}
