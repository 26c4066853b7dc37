import { tokenOf } from '@watchword/platform';
import { RateLimiterDrizzle, RateLimiterMemory } from 'rate-limiter-flexible';
import type { AuthConfig } from '../config/index.js';
import type { AuthDatabase } from '../database/auth-database.js';
import { rateLimits } from '../database/schema/index.js';
import { AttemptLimit } from './attempt-limit.js';

/** The limits for attempts of callers that are not authenticated. */
export interface AttemptLimits {
  /** Passwords of one account from one network, on unknown devices. */
  readonly account: AttemptLimit;
  /** Passwords of one account from all networks together, on unknown devices. */
  readonly accountInAll: AttemptLimit;
  /** Passwords of one account from one known device. */
  readonly device: AttemptLimit;
  /** Passwords of any account, from one address. */
  readonly address: AttemptLimit;
  /** Passwords of any account, from one /48 of IPv6. */
  readonly site: AttemptLimit;
  /** Successful logins from one address. */
  readonly logins: AttemptLimit;
  /** The current password, when a logged-in person changes it. */
  readonly passwordChange: AttemptLimit;
  /** Codes for a new password of one account from one network. */
  readonly passwordReset: AttemptLimit;
  /** New accounts from one address. */
  readonly registration: AttemptLimit;
  /** Credentials of one client, from one address. */
  readonly client: AttemptLimit;
  /** Credentials of any client, from one address. */
  readonly clientAddress: AttemptLimit;
}

export const ATTEMPT_LIMITS = tokenOf<AttemptLimits>(Symbol('AttemptLimits'));

const MINUTE = 60;
const HOUR = 3600;
/** The limit for an address is that of so many clients. */
const CLIENTS_OF_AN_ADDRESS = 10;
/** The limit for a /48 is that of so many /64 networks. */
const NETWORKS_OF_A_SITE = 10;

/** Counts in PostgreSQL, which instances share, or in memory with the embedded database. */
export function attemptLimits(db: AuthDatabase, config: AuthConfig): AttemptLimits {
  const limit = (name: string, points: number, duration: number) => {
    const options = { keyPrefix: name, points, duration };
    return new AttemptLimit(
      config.DATABASE_URL === undefined
        ? new RateLimiterMemory(options)
        : new RateLimiterDrizzle({ ...options, storeClient: db, schema: rateLimits }),
    );
  };
  return {
    account: limit('login-account', config.LOGIN_LIMIT_ACCOUNT, config.LOGIN_LIMIT_WINDOW),
    accountInAll: limit('login-account-in-all', config.LOGIN_LIMIT_ACCOUNT_IN_ALL, HOUR),
    device: limit('login-device', config.LOGIN_LIMIT_ACCOUNT, config.LOGIN_LIMIT_WINDOW),
    address: limit('login-address', config.LOGIN_LIMIT_ADDRESS, config.LOGIN_LIMIT_WINDOW),
    site: limit('login-site', config.LOGIN_LIMIT_ADDRESS * NETWORKS_OF_A_SITE, config.LOGIN_LIMIT_WINDOW),
    logins: limit('logins-address', config.LOGIN_LIMIT_SUCCESSES, config.LOGIN_LIMIT_WINDOW),
    passwordChange: limit('password-change', config.LOGIN_LIMIT_ACCOUNT, config.LOGIN_LIMIT_WINDOW),
    passwordReset: limit('password-reset', config.LOGIN_LIMIT_ACCOUNT, config.LOGIN_LIMIT_WINDOW),
    registration: limit('register-address', config.REGISTER_LIMIT_ADDRESS, HOUR),
    client: limit('client', config.CLIENT_LIMIT, MINUTE),
    clientAddress: limit('client-address', config.CLIENT_LIMIT * CLIENTS_OF_AN_ADDRESS, MINUTE),
  };
}
