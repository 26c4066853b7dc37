import { AppConfig, IsHttpUrl, IsSharedSecretList, Variable } from '@watchword/platform';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  Min,
  ValidateIf,
} from 'class-validator';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../cryptography/signing-algorithm.js';
import { IsAtLeast } from './is-at-least.js';
import { IsKeyEncryptionKeys } from './is-key-encryption-keys.js';
import { IsLoginAudiences } from './is-login-audiences.js';
import { IsSecureIssuer } from './is-secure-issuer.js';
import { IsRandomSecretList } from './is-random-secret-list.js';

const DAY = 86_400;
const LONGEST = 10 * 365 * DAY;

const sharesSecret = (config: AuthConfig) =>
  config.JWT_SIGNING === 'shared-secret' || config.JWT_SHARED_SECRETS !== undefined;
const needsKeyEncryptionKeys = (config: AuthConfig) =>
  config.NODE_ENV === 'production' || config.DATABASE_URL !== undefined || config.KEY_ENCRYPTION_KEYS !== undefined;

/** {@link IsAtLeast} with the variables of this configuration. */
const IsAtLeastSum = (names: readonly (keyof AuthConfig)[], why: string) => IsAtLeast(names, why);

/** The environment variables of the issuer. Times are in seconds. */
export class AuthConfig extends AppConfig {
  @Variable({ doc: 'Public URL of the issuer, which is `iss` of its tokens.', explicitInProduction: true })
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @Matches(/[^/]$/, { message: 'AUTH_ISSUER must not end with a slash' })
  @Matches(/^[^?#]*$/, { message: 'AUTH_ISSUER must have no query and no fragment (RFC 8414 §2)' })
  @IsSecureIssuer()
  readonly AUTH_ISSUER: string = 'http://127.0.0.1:3000';

  @Variable({
    doc: 'Audience of login tokens: the services that people call directly, separated by commas. These services exchange the token for other services.',
  })
  @Matches(/^[^\s,]+(,[^\s,]+)*$/, { message: 'LOGIN_AUDIENCES must be names separated by commas' })
  @IsLoginAudiences()
  readonly LOGIN_AUDIENCES: string = 'catalog,orders';

  @Variable({ doc: 'Seconds after a login in which an administrator can use /admin.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly ADMIN_LOGIN_MAX_AGE: number = 900;

  @Variable({ doc: 'Email address of the first administrator, who is created if there is none.' })
  @IsEmail()
  readonly ADMIN_EMAIL: string = 'admin@watchword.local';

  @Variable({
    doc: "The first administrator's password. Without it a random one is created at the first start: printed once, or in production written to DATA_DIR/first-administrator-password.",
    secret: true,
  })
  @IsOptional()
  @IsString()
  readonly ADMIN_PASSWORD?: string;

  @Variable({ doc: 'JSON file of OAuth clients that are registered at startup.' })
  @IsOptional()
  @IsNotEmpty()
  readonly CLIENTS_FILE?: string;

  @Variable({
    doc: 'asymmetric: signs with a private key. shared-secret: HS256 with a secret that all services share.',
  })
  @IsIn(['asymmetric', 'shared-secret'])
  readonly JWT_SIGNING: 'asymmetric' | 'shared-secret' = 'asymmetric';

  @Variable({
    doc: 'With JWT_SIGNING=shared-secret: the signing secret, optionally followed by a comma and the previous one. Base64url, at least 32 bytes each.',
    secret: true,
  })
  @ValidateIf(sharesSecret)
  @IsSharedSecretList()
  @IsRandomSecretList()
  readonly JWT_SHARED_SECRETS?: string;

  @Variable({ doc: 'Signature algorithm: ES256, RS256, PS256 or EdDSA. Changing it rotates the key.' })
  @IsIn(SIGNING_ALGORITHMS)
  readonly JWT_ALGORITHM: SigningAlgorithm = 'ES256';

  @Variable({
    doc: 'Secrets that encrypt private keys in the database: VERSION:SECRET, base64url of 32 bytes. The first one is in use; older ones follow after commas. Without it, and with the embedded database, a secret is created in DATA_DIR.',
    secret: true,
    explicitInProduction: true,
  })
  @ValidateIf(needsKeyEncryptionKeys)
  @IsKeyEncryptionKeys()
  readonly KEY_ENCRYPTION_KEYS?: string;

  @Variable({ doc: 'Seconds that an access token is valid.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly ACCESS_TOKEN_TTL: number = 300;

  @Variable({ doc: 'Seconds for which verifiers accept an expired token.' })
  @IsInt()
  @Min(0)
  @Max(60)
  readonly CLOCK_TOLERANCE: number = 5;

  @Variable({ doc: 'Seconds between two rotations of the signing key.' })
  @IsInt()
  @Min(1)
  @Max(LONGEST)
  @IsAtLeastSum(['KEY_PUBLISH_AHEAD'], 'the next key is published before this one is due')
  readonly KEY_ROTATION_INTERVAL: number = 30 * DAY;

  @Variable({ doc: 'Seconds that a key is published before it signs.' })
  @IsInt()
  @Max(LONGEST)
  @IsAtLeastSum(
    ['JWKS_MAX_AGE', 'KEY_VERIFIER_CACHE', 'KEY_SAFETY_MARGIN', 'KEY_RING_POLL', 'KEY_RING_LEASE'],
    'until then an instance may publish, or a verifier may have cached, a key set without it',
  )
  readonly KEY_PUBLISH_AHEAD: number = 3600;

  @Variable({ doc: 'Seconds that a key stays published after it stopped signing.' })
  @IsInt()
  @Max(LONGEST)
  @IsAtLeastSum(
    ['ACCESS_TOKEN_TTL', 'CLOCK_TOLERANCE', 'KEY_VERIFIER_CACHE', 'KEY_SAFETY_MARGIN'],
    'until then a token that it signed may be valid',
  )
  readonly KEY_RETIREMENT: number = 3600;

  @Variable({ doc: 'Seconds for which verifiers cache keys, in addition to HTTP caches.' })
  @IsInt()
  @Min(0)
  @Max(DAY)
  readonly KEY_VERIFIER_CACHE: number = 600;

  @Variable({ doc: 'Seconds for differences between clocks and for slow requests.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly KEY_SAFETY_MARGIN: number = 60;

  @Variable({ doc: 'Seconds for which the JWKS may be cached (Cache-Control: max-age).' })
  @IsInt()
  @Min(0)
  @Max(DAY)
  readonly JWKS_MAX_AGE: number = 300;

  @Variable({ doc: 'Seconds between two reads of the keys in the database.' })
  @IsInt()
  @Min(1)
  @Max(3600)
  readonly KEY_RING_POLL: number = 5;

  @Variable({ doc: 'Seconds for which an instance signs without reaching the database.' })
  @IsInt()
  @Max(DAY)
  @IsAtLeastSum(['KEY_RING_POLL', 'KEY_RING_POLL'], 'one failed read must not stop the signing')
  readonly KEY_RING_LEASE: number = 60;

  @Variable({ doc: 'Seconds after which an unused session ends.' })
  @IsInt()
  @Min(1)
  @Max(LONGEST)
  readonly SESSION_IDLE_TTL: number = 7 * DAY;

  @Variable({ doc: 'Seconds after which a session ends, even if it is used.' })
  @IsInt()
  @Max(LONGEST)
  @IsAtLeastSum(['SESSION_IDLE_TTL'], 'the idle limit could never be reached')
  readonly SESSION_TTL: number = 30 * DAY;

  @Variable({
    doc: 'Maximum number of sessions of one account; another login ends the session that was not used for the longest time.',
  })
  @IsInt()
  @Min(1)
  @Max(10_000)
  readonly SESSIONS_PER_ACCOUNT: number = 100;

  @Variable({ doc: 'Seconds for which entries of the audit log are kept.' })
  @IsInt()
  @Min(DAY)
  @Max(LONGEST)
  readonly AUDIT_LOG_RETENTION: number = 400 * DAY;

  @Variable({
    doc: 'Seconds in which a used refresh token returns the same successor again, for lost responses. 0 turns it off.',
  })
  @IsInt()
  @Min(0)
  @Max(300)
  readonly REFRESH_GRACE: number = 10;

  @Variable({ doc: 'Minimum number of characters of a new password.' })
  @IsInt()
  @Min(8)
  @Max(64)
  readonly PASSWORD_MIN_LENGTH: number = 15;

  @Variable({
    doc: 'URL of a service for breached passwords, in addition to the included list: https://api.pwnedpasswords.com/range/, or a copy of it. It receives five digits of a hash. Unset: none.',
  })
  @IsOptional()
  @IsHttpUrl()
  readonly BREACHED_PASSWORDS_URL?: string;

  @Variable({
    doc: 'Maximum number of concurrent password hashes. 0: one less than the CPU cores, and less than the threads in the pool (UV_THREADPOOL_SIZE of the process, not of this file).',
  })
  @IsInt()
  @Min(0)
  @Max(64)
  readonly PASSWORD_HASH_CONCURRENCY: number = 0;

  @Variable({ doc: 'Maximum number of passwords that wait to be hashed; more are answered with 503.' })
  @IsInt()
  @Min(0)
  @Max(100_000)
  readonly PASSWORD_HASH_QUEUE: number = 100;

  @Variable({ doc: 'Seconds in which failed logins are counted together.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly LOGIN_LIMIT_WINDOW: number = 900;

  @Variable({
    doc: 'Failed logins of one account from one address in that time, before they are refused; known devices are counted separately.',
  })
  @IsInt()
  @Min(1)
  readonly LOGIN_LIMIT_ACCOUNT: number = 10;

  @Variable({ doc: 'Failed logins of one account in an hour, from all addresses; known devices are not refused then.' })
  @IsInt()
  @Min(1)
  @Max(100)
  readonly LOGIN_LIMIT_ACCOUNT_IN_ALL: number = 100;

  @Variable({ doc: 'Successful logins from one address in that time, before it is refused.' })
  @IsInt()
  @Min(1)
  readonly LOGIN_LIMIT_SUCCESSES: number = 600;

  @Variable({ doc: 'Failed logins from one address in that time, before it is refused.' })
  @IsInt()
  @Min(1)
  readonly LOGIN_LIMIT_ADDRESS: number = 300;

  @Variable({ doc: 'Registrations from one address in an hour, before it is refused.' })
  @IsInt()
  @Min(1)
  readonly REGISTER_LIMIT_ADDRESS: number = 100;

  @Variable({
    doc: 'Failed authentications of one OAuth client from one address in a minute, before it is refused. The limit for all clients together is ten times as high.',
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly CLIENT_LIMIT: number = 30;

  /** {@link LOGIN_AUDIENCES} as a list. */
  get loginAudiences(): readonly [string, ...string[]] {
    const [first = '', ...others] = this.LOGIN_AUDIENCES.split(',');
    return [first, ...others];
  }

  /** {@link JWT_SHARED_SECRETS} as a list; the first one signs. */
  get sharedSecrets(): readonly [string] | readonly [string, string] {
    const [current = '', former] = (this.JWT_SHARED_SECRETS ?? '').split(',').map((secret) => secret.trim());
    return former === undefined ? [current] : [current, former];
  }
}
