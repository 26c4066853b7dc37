import type { TrustedIssuer } from '@watchword/auth';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';
import { AppConfig } from './app-config.js';
import { algorithmsOf, IsAlgorithmList } from './is-algorithm-list.js';
import { IsHttpUrl } from './is-http-url.js';
import { IsSharedSecretList } from './is-shared-secret-list.js';
import { Variable } from './variable.js';

/** The configuration of an app that verifies access tokens: whom it trusts, and how it learns the keys. */
export class VerifierConfig extends AppConfig {
  @Variable({
    doc: "URL of the issuer, exactly as in its tokens' `iss`.",
    explicitInProduction: true,
  })
  @IsHttpUrl()
  readonly AUTH_ISSUER: string = 'http://127.0.0.1:3000';

  @Variable({
    doc: "Where the issuer's public keys are fetched, when not at AUTH_ISSUER (inside a private network, say).",
  })
  @IsOptional()
  @IsHttpUrl()
  readonly AUTH_JWKS_URI?: string;

  @Variable({
    doc: 'asymmetric: the issuer signs with a private key. shared-secret: HS256 with a secret known to all.',
  })
  @IsIn(['asymmetric', 'shared-secret'])
  readonly JWT_SIGNING: 'asymmetric' | 'shared-secret' = 'asymmetric';

  @Variable({
    doc: 'With JWT_SIGNING=asymmetric: signature algorithms that tokens may have, separated by commas. More than one while the issuer changes its own.',
  })
  @IsAlgorithmList()
  readonly JWT_ALGORITHMS: string = 'ES256';

  @Variable({
    doc: 'With JWT_SIGNING=shared-secret: one secret, or two while it is changed, separated by a comma. Base64url, at least 32 bytes each.',
    secret: true,
  })
  @ValidateIf(
    (config: VerifierConfig) => config.JWT_SIGNING === 'shared-secret' || config.JWT_SHARED_SECRETS !== undefined,
  )
  @IsSharedSecretList()
  readonly JWT_SHARED_SECRETS?: string;

  /** The issuer as `AuthModule` takes it. `audience` is this service. */
  trustedIssuer(audience: string): TrustedIssuer {
    const issuer = this.AUTH_ISSUER;
    if (this.JWT_SIGNING === 'shared-secret') {
      return { issuer, audience, algorithms: ['HS256'], secrets: this.sharedSecrets };
    }
    const jwksUri = this.AUTH_JWKS_URI ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
    return { issuer, audience, algorithms: algorithmsOf(this.JWT_ALGORITHMS), keys: { jwksUri } };
  }

  private get sharedSecrets(): readonly [string] | readonly [string, string] {
    const [current = '', former] = (this.JWT_SHARED_SECRETS ?? '').split(',').map((secret) => secret.trim());
    return former === undefined ? [current] : [current, former];
  }
}
