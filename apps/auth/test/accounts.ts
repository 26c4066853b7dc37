import { ManualClock } from '@watchword/auth/testing';
import { randomUUID } from 'node:crypto';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { AccountStore } from '../src/accounts/account-store.js';
import { AdministerAccount } from '../src/accounts/administer-account.js';
import { AdministerRoles } from '../src/accounts/administer-roles.js';
import { ChangePassword } from '../src/accounts/change-password.js';
import { IssueResetCode } from '../src/accounts/issue-reset-code.js';
import { KnownDevices } from '../src/accounts/known-devices.js';
import { LogIn } from '../src/accounts/log-in.js';
import { PasswordHasher } from '../src/accounts/password-hasher.js';
import { PasswordPolicy } from '../src/accounts/password-policy.js';
import { RegisterAccount } from '../src/accounts/register-account.js';
import { ResetPassword } from '../src/accounts/reset-password.js';
import { RoleStore } from '../src/accounts/role-store.js';
import { AttemptLimit } from '../src/attempts/attempt-limit.js';
import type { AttemptLimits } from '../src/attempts/attempt-limits.js';
import type { AuthDatabase } from '../src/database/auth-database.js';
import { SessionStore } from '../src/sessions/session-store.js';
import { makeIssuer, randomKeys } from './issuer.js';

export const PASSWORD = 'tidal-orchid-bakery';
export const ADMINISTRATOR = { type: 'account', id: 'administrator' } as const;

export const accounts = new AccountStore();
export const policy = new PasswordPolicy({ weaknessOf: () => undefined }, { has: () => Promise.resolve(false) }, 15);
export const hasher = new PasswordHasher({ concurrency: 2, queueLimit: 100 });

/** Counted in memory, apart from those of any other test. */
export function makeLimits({ account = 10, accountInAll = 100, address = 1000, logins = 1000 } = {}): AttemptLimits {
  const limit = (points: number) =>
    new AttemptLimit(new RateLimiterMemory({ keyPrefix: randomUUID(), points, duration: 900 }));
  return {
    account: limit(account),
    accountInAll: limit(accountInAll),
    device: limit(account),
    address: limit(address),
    site: limit(address * 2),
    logins: limit(logins),
    passwordChange: limit(account),
    passwordReset: limit(account),
    registration: limit(1000),
    client: limit(1000),
    clientAddress: limit(1000),
  };
}

/** The classes around accounts as one instance of the app has them. */
export function makeAccounts(db: AuthDatabase, limits = makeLimits()) {
  const clock = new ManualClock();
  const keys = randomKeys();
  const issuer = makeIssuer(db, { clock, keys });
  const { audit, events, refusals, endSessions, start, renew } = issuer;
  const register = new RegisterAccount(db, accounts, policy, hasher, audit, clock);
  return {
    ...issuer,
    logIn: new LogIn(db, accounts, hasher, limits, new KnownDevices(keys), start, audit, refusals),
    changePassword: new ChangePassword(db, accounts, policy, hasher, endSessions, limits, audit, refusals, clock),
    administer: new AdministerAccount(db, accounts, new SessionStore(), endSessions, renew, events, audit, clock),
    roles: new AdministerRoles(db, accounts, new RoleStore(), renew, audit),
    issueResetCode: new IssueResetCode(db, accounts, audit, clock),
    resetPassword: new ResetPassword(db, accounts, policy, hasher, endSessions, limits, audit, refusals, clock),
    async person(roles = ['customer']) {
      const email = `${randomUUID()}@example.com`;
      const { id } = await register.run({ email, password: PASSWORD }, roles, { type: 'anonymous' });
      return { id, email };
    },
    register,
  };
}
