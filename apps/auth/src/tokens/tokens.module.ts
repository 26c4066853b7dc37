import { Global, Module } from '@nestjs/common';
import type { Clock } from '@watchword/auth';
import { AuthConfig, CLOCK } from '../config/index.js';
import { IssuerTokenSigner, TokenSigner } from '../keys/signing/token-signer.js';
import { AccessTokenIssuer } from './access-token-issuer.js';

@Global()
@Module({
  providers: [
    {
      provide: AccessTokenIssuer,
      inject: [TokenSigner, IssuerTokenSigner, AuthConfig, CLOCK],
      useFactory: (services: TokenSigner, issuer: TokenSigner, config: AuthConfig, clock: Clock) => {
        const options = { issuer: config.AUTH_ISSUER, lifetime: config.ACCESS_TOKEN_TTL };
        return new AccessTokenIssuer({ services, issuer }, options, clock);
      },
    },
  ],
  exports: [AccessTokenIssuer],
})
export class TokensModule {}
