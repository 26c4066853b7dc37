import { join } from 'node:path';
import type { AuthModuleOptions, FollowOptions, TrustedIssuer } from '@watchword/auth';
import { IsIn, IsNotEmpty, IsOptional, Matches, ValidateIf } from 'class-validator';
import { AppConfig } from './app-config.js';
import { algorithmsOf, IsAlgorithmList } from './is-algorithm-list.js';
import { IsHttpUrl } from './is-http-url.js';
import { IsSharedSecretList } from './is-shared-secret-list.js';
import { Variable } from './variable.js';

/** The configuration of an app that verifies access tokens: the trusted issuer, and how to get its keys. */
export class VerifierConfig extends AppConfig {
  @Variable({
    doc: "URL of the issuer, exactly as in its tokens' `iss`.",
    explicitInProduction: true,
  })
  @IsHttpUrl()
  readonly AUTH_ISSUER: string = 'http://127.0.0.1:3000';

  @Variable({
    doc: "URL of the issuer's public keys, if it is not below AUTH_ISSUER (for example inside a private network).",
  })
  @IsOptional()
  @IsHttpUrl()
  readonly AUTH_JWKS_URI?: string;

  @Variable({
    doc: 'asymmetric: the issuer signs with a private key. shared-secret: HS256 with a secret that all services share.',
  })
  @IsIn(['asymmetric', 'shared-secret'])
  readonly JWT_SIGNING: 'asymmetric' | 'shared-secret' = 'asymmetric';

  @Variable({
    doc: 'With JWT_SIGNING=asymmetric: allowed signature algorithms of tokens, separated by commas. Use more than one while the issuer changes its algorithm.',
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

  @Variable({
    doc: "This app's client at the issuer. With it the app follows the revocations of the issuer, so that a logout takes effect here within a second (the client needs the scope security-events:read). orders also uses it to get tokens for inventory.",
  })
  @ValidateIf(({ CLIENT_ID, CLIENT_SECRET }: VerifierConfig) => CLIENT_ID !== undefined || CLIENT_SECRET !== undefined)
  @IsNotEmpty({ message: 'CLIENT_ID must be set when CLIENT_SECRET is' })
  readonly CLIENT_ID?: string;

  @Variable({ doc: 'The secret of CLIENT_ID.', secret: true })
  @ValidateIf(({ CLIENT_ID, CLIENT_SECRET }: VerifierConfig) => CLIENT_ID !== undefined || CLIENT_SECRET !== undefined)
  @IsNotEmpty({ message: 'CLIENT_SECRET must be set when CLIENT_ID is' })
  readonly CLIENT_SECRET?: string;

  @Variable({
    doc: 'URLs of /security-events of the issuer, if they are not below AUTH_ISSUER (for example inside a private network): one per instance, separated by commas.',
  })
  @IsOptional()
  @Matches(/^https?:\/\/[^\s,]+(,https?:\/\/[^\s,]+)*$/, {
    message: 'AUTH_EVENTS_URLS must be http or https URLs, separated by commas',
  })
  readonly AUTH_EVENTS_URLS?: string;

  @Variable({
    doc: 'What happens to tokens after 10 seconds without a message from the issuer. accept: they are accepted and expire within minutes. refuse: 503 until the next message.',
  })
  @IsIn(['accept', 'refuse'])
  readonly WHEN_REVOCATIONS_STALE: 'accept' | 'refuse' = 'accept';

  /** The options of `AuthModule` for the app `app`: the trusted issuer, and how to follow its revocations. */
  authOptions(app: string): AuthModuleOptions {
    return { ...this.trustedIssuer(app), follow: this.followed(app) };
  }

  /** How to follow the issuer's revocations; undefined if this app is not a client of the issuer. */
  private followed(app: string): FollowOptions | undefined {
    const { CLIENT_ID: clientId, CLIENT_SECRET: clientSecret } = this;
    if (clientId === undefined || clientSecret === undefined) return undefined;
    const [first = '', ...others] = (this.AUTH_EVENTS_URLS ?? this.atIssuer('/security-events')).split(',');
    const snapshotFile = join(this.DATA_DIR, `${app}-revocations.json`);
    return { urls: [first, ...others], clientId, clientSecret, snapshotFile, whenStale: this.WHEN_REVOCATIONS_STALE };
  }

  /** The URL of one of the issuer's endpoints. */
  protected atIssuer(path: string): string {
    return this.AUTH_ISSUER.replace(/\/$/, '') + path;
  }

  /** The trusted issuer for `AuthModule`. `audience` is this service. */
  trustedIssuer(audience: string): TrustedIssuer {
    const issuer = this.AUTH_ISSUER;
    if (this.JWT_SIGNING === 'shared-secret') {
      return { issuer, audience, algorithms: ['HS256'], secrets: this.sharedSecrets };
    }
    const jwksUri = this.AUTH_JWKS_URI ?? this.atIssuer('/.well-known/jwks.json');
    return { issuer, audience, algorithms: algorithmsOf(this.JWT_ALGORITHMS), keys: { jwksUri } };
  }

  private get sharedSecrets(): readonly [string] | readonly [string, string] {
    const [current = '', former] = (this.JWT_SHARED_SECRETS ?? '').split(',').map((secret) => secret.trim());
    return former === undefined ? [current] : [current, former];
  }
}
