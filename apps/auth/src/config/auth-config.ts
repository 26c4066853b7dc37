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

/** {@link IsAtLeast} with the names of this configuration. */
const IsAtLeastSum = (names: readonly (keyof AuthConfig)[], why: string) => IsAtLeast(names, why);

/** The issuer's environment. Times are in seconds. */
export class AuthConfig extends AppConfig {
  @Variable({ doc: 'URL under which everyone reaches the issuer: `iss` of its tokens.', explicitInProduction: true })
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @Matches(/[^/]$/, { message: 'AUTH_ISSUER must not end with a slash' })
  @Matches(/^[^?#]*$/, { message: 'AUTH_ISSUER must have no query and no fragment (RFC 8414 §2)' })
  @IsSecureIssuer()
  readonly AUTH_ISSUER: string = 'http://127.0.0.1:3000';

  @Variable({
    doc: 'Services that a login token is for, separated by commas: those that people call themselves. Services behind these exchange it.',
  })
  @Matches(/^[^\s,]+(,[^\s,]+)*$/, { message: 'LOGIN_AUDIENCES must be names separated by commas' })
  @IsLoginAudiences()
  readonly LOGIN_AUDIENCES: string = 'catalog,orders';

  @Variable({ doc: 'Seconds since the password was given for which /admin serves an administrator.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly ADMIN_LOGIN_MAX_AGE: number = 900;

  @Variable({ doc: 'Email address of the first administrator, made while there is none.' })
  @IsEmail()
  readonly ADMIN_EMAIL: string = 'admin@watchword.local';

  @Variable({
    doc: "The first administrator's password. Without it a random one is made at first boot: printed once, or in production written to DATA_DIR/first-administrator-password.",
    secret: true,
  })
  @IsOptional()
  @IsString()
  readonly ADMIN_PASSWORD?: string;

  @Variable({ doc: 'JSON file of OAuth clients that are registered at boot.' })
  @IsOptional()
  @IsNotEmpty()
  readonly CLIENTS_FILE?: string;

  @Variable({
    doc: 'asymmetric: signs with a private key. shared-secret: HS256 with a secret that every service holds.',
  })
  @IsIn(['asymmetric', 'shared-secret'])
  readonly JWT_SIGNING: 'asymmetric' | 'shared-secret' = 'asymmetric';

  @Variable({
    doc: 'With JWT_SIGNING=shared-secret: the secret that signs, then maybe the one before, separated by a comma. Base64url, at least 32 bytes each.',
    secret: true,
  })
  @ValidateIf(sharesSecret)
  @IsSharedSecretList()
  @IsRandomSecretList()
  readonly JWT_SHARED_SECRETS?: string;

  @Variable({ doc: 'Signature algorithm: ES256, RS256, PS256 or EdDSA. A change is a rotation.' })
  @IsIn(SIGNING_ALGORITHMS)
  readonly JWT_ALGORITHM: SigningAlgorithm = 'ES256';

  @Variable({
    doc: 'What encrypts private keys in the database: VERSION:SECRET, base64url of 32 bytes; the first is in use, older ones follow after commas. Without it the embedded default keeps its own under DATA_DIR.',
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

  @Variable({ doc: 'Seconds for which verifiers accept a token after its end.' })
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
    'until then an instance may publish a key set without it, or somebody have one',
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

  @Variable({ doc: 'Seconds for which verifiers keep keys beyond the cache of HTTP.' })
  @IsInt()
  @Min(0)
  @Max(DAY)
  readonly KEY_VERIFIER_CACHE: number = 600;

  @Variable({ doc: 'Seconds for clocks that differ and requests that take long.' })
  @IsInt()
  @Min(1)
  @Max(DAY)
  readonly KEY_SAFETY_MARGIN: number = 60;

  @Variable({ doc: 'Seconds for which the JWKS may be cached (Cache-Control: max-age).' })
  @IsInt()
  @Min(0)
  @Max(DAY)
  readonly JWKS_MAX_AGE: number = 300;

  @Variable({ doc: 'Seconds between two looks at the keys in the database.' })
  @IsInt()
  @Min(1)
  @Max(3600)
  readonly KEY_RING_POLL: number = 5;

  @Variable({ doc: 'Seconds for which an instance signs without having reached the database.' })
  @IsInt()
  @Max(DAY)
  @IsAtLeastSum(['KEY_RING_POLL', 'KEY_RING_POLL'], 'one failed look must not stop the signing')
  readonly KEY_RING_LEASE: number = 60;

  @Variable({ doc: 'Seconds after which a session that is not used ends.' })
  @IsInt()
  @Min(1)
  @Max(LONGEST)
  readonly SESSION_IDLE_TTL: number = 7 * DAY;

  @Variable({ doc: 'Seconds after which a session ends, however often it is used.' })
  @IsInt()
  @Max(LONGEST)
  @IsAtLeastSum(['SESSION_IDLE_TTL'], 'the idle limit could never be reached')
  readonly SESSION_TTL: number = 30 * DAY;

  @Variable({ doc: 'Live sessions of one account; a login beyond that ends the one that was unused for longest.' })
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
    doc: 'Seconds in which a refresh token that was just used gives the same successor again, for responses that get lost. 0 turns it off.',
  })
  @IsInt()
  @Min(0)
  @Max(300)
  readonly REFRESH_GRACE: number = 10;

  @Variable({ doc: 'Fewest characters of a new password.' })
  @IsInt()
  @Min(8)
  @Max(64)
  readonly PASSWORD_MIN_LENGTH: number = 15;

  @Variable({
    doc: 'Where new passwords are looked up among breached ones, beside the list that ships: https://api.pwnedpasswords.com/range/, or a copy of it. It learns five digits of a hash. Unset: nowhere.',
  })
  @IsOptional()
  @IsHttpUrl()
  readonly BREACHED_PASSWORDS_URL?: string;

  @Variable({
    doc: 'How many passwords are hashed at once. 0: one less than there are cores, and than threads in the pool (UV_THREADPOOL_SIZE of the process, not of this file).',
  })
  @IsInt()
  @Min(0)
  @Max(64)
  readonly PASSWORD_HASH_CONCURRENCY: number = 0;

  @Variable({ doc: 'How many passwords may wait to be hashed; one more is answered with 503.' })
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
    doc: 'Failed logins of one account from one address in that time, before they are refused; known devices count apart.',
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
    doc: 'Failed authentications of one OAuth client from one address in a minute, before it is refused; of all clients together ten times as many.',
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

  /** {@link JWT_SHARED_SECRETS} as a list, the one that signs first. */
  get sharedSecrets(): readonly [string] | readonly [string, string] {
    const [current = '', former] = (this.JWT_SHARED_SECRETS ?? '').split(',').map((secret) => secret.trim());
    return former === undefined ? [current] : [current, former];
  }
}
