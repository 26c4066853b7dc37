import { Refusal } from '@watchword/platform';
import { FIRST_PARTY_CLIENT } from '../clients/first-party-client.js';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditLog } from '../security-events/audit-log.js';
import { type Refusals, UNKNOWN } from '../security-events/refusals.js';
import type { WantedToken } from '../sessions/session-grant.js';
import type { Device, StartSession } from '../sessions/start-session.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { Account, AccountStore } from './account-store.js';
import type { AttemptLimits } from '../attempts/attempt-limits.js';
import { type Count, CountedAttempt } from '../attempts/counted-attempt.js';
import { networkOf, siteOf } from '../attempts/network.js';
import { refusalCode } from '../attempts/refusal-code.js';
import { emailKey } from './email.js';
import type { KnownDevices } from './known-devices.js';
import { OneAtATime } from './one-at-a-time.js';
import type { PasswordHasher } from './password-hasher.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface LoggedIn {
  readonly tokens: TokenResponse;
  /** A token that the device should store: see {@link KnownDevices}. */
  readonly deviceToken: string;
}

const LONGEST_QUEUE_FOR_ONE = 100;

/** Checks a password and starts a session. */
export class LogIn {
  private readonly turns = new OneAtATime(LONGEST_QUEUE_FOR_ONE);

  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly limits: AttemptLimits,
    private readonly knownDevices: KnownDevices,
    private readonly startSession: StartSession,
    private readonly audit: AuditLog,
    private readonly refusals: Refusals,
  ) {}

  /**
   * @param deviceToken the token that the device stored at its last login
   * @throws Refusal `invalid_credentials`, with the same response and the same time for an unknown account and a wrong password;
   *   `too_many_attempts`; `overloaded`
   */
  run(
    credentials: Credentials,
    device: Device,
    deviceToken: string | undefined,
    wanted: WantedToken = {},
  ): Promise<LoggedIn> {
    const network = networkOf(device.ip);
    return this.turns.run(`${emailKey(credentials.email)} ${network}`, async () => {
      const account = await this.accounts.findByEmail(this.db, credentials.email);
      const deviceId = this.knownDevices.recognise(deviceToken, credentials.email, account?.passwordChangedAt);
      try {
        const attempt = await CountedAttempt.begin(this.countsOf(credentials.email, device, deviceId));
        const loggedIn = await attempt.run('invalid_credentials', () =>
          this.authenticate(account, credentials, device, wanted),
        );
        return deviceId === undefined || deviceToken === undefined ? loggedIn : { ...loggedIn, deviceToken };
      } catch (error) {
        this.recordRefusal(error, account, device);
        throw error;
      }
    });
  }

  private recordRefusal(error: unknown, account: Account | undefined, { ip }: Device): void {
    const code = refusalCode(error);
    if (code !== 'invalid_credentials' && code !== 'too_many_attempts') return;
    this.refusals.record({
      action: 'account.login-refused',
      target: { type: 'account', id: account?.id ?? UNKNOWN },
      ip,
      detail: { client: FIRST_PARTY_CLIENT, code, ...(account?.disabledAt ? { account: 'disabled' } : {}) },
    });
  }

  /**
   * Attempts count for the known device, or otherwise for the account: from this network, and from all networks together. They also
   * count if there is no such account.
   */
  private countsOf(email: string, { ip }: Device, deviceId: string | undefined): Count[] {
    const network = networkOf(ip);
    const site = siteOf(ip);
    const account = emailKey(email);
    const { limits } = this;
    const guesses = { success: 'forgive', failure: 'keep' } as const;
    const guessesOfMany = { success: 'give back', failure: 'keep' } as const;
    return [
      { limit: limits.logins, subject: network, success: 'keep', failure: 'give back' },
      { limit: limits.address, subject: network, ...guessesOfMany },
      ...(site === undefined ? [] : [{ limit: limits.site, subject: site, ...guessesOfMany }]),
      ...(deviceId === undefined
        ? [
            { limit: limits.account, subject: `${account} ${network}`, ...guesses },
            { limit: limits.accountInAll, subject: account, ...guessesOfMany },
          ]
        : [{ limit: limits.device, subject: `${deviceId} ${account}`, ...guesses }]),
    ];
  }

  private async authenticate(
    account: Account | undefined,
    { email, password }: Credentials,
    device: Device,
    wanted: WantedToken,
  ): Promise<LoggedIn> {
    const matches = await this.hasher.verify(account?.passwordHash, password, networkOf(device.ip));
    if (account === undefined || !matches || account.disabledAt !== null) throw invalidCredentials();
    const tokens = await this.begin(account, device, wanted);
    return { tokens, deviceToken: this.knownDevices.remember(email, account.passwordChangedAt) };
  }

  private begin(account: Account, device: Device, wanted: WantedToken): Promise<TokenResponse> {
    return this.db.transaction(async (tx) => {
      if (!(await this.accounts.holdForLogin(tx, account))) throw invalidCredentials();
      await this.audit.record(tx, {
        actor: { type: 'account', id: account.id, ip: device.ip },
        action: 'account.login',
        target: { type: 'account', id: account.id },
      });
      return this.startSession.run(tx, account.id, FIRST_PARTY_CLIENT, device, wanted);
    });
  }
}

function invalidCredentials(): Refusal {
  return new Refusal('unauthenticated', 'invalid_credentials', 'The email address or the password is wrong');
}
