import { Module } from '@nestjs/common';
import { provide } from '@watchword/platform';
import { AuthConfig, CLOCK } from '../config/index.js';
import { KeysModule } from '../keys/keys.module.js';
import { IssuerTokenSigner, TokenSigner } from '../keys/signing/token-signer.js';
import { AccessTokenIssuer } from './access-token-issuer.js';

@Module({
  imports: [KeysModule],
  providers: [
    provide(
      AccessTokenIssuer,
      [TokenSigner, IssuerTokenSigner, AuthConfig, CLOCK],
      (services, issuer, config, clock) => {
        const options = { issuer: config.AUTH_ISSUER, lifetime: config.ACCESS_TOKEN_TTL };
        return new AccessTokenIssuer({ services, issuer }, options, clock);
      },
    ),
  ],
  exports: [AccessTokenIssuer],
})
export class TokensModule {}
