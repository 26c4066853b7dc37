import { ProblemError } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditLog } from '../security-events/audit-log.js';
import type { WantedToken } from '../sessions/session-grant.js';
import type { Device, StartSession } from '../sessions/start-session.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { Account, AccountStore } from './account-store.js';
import type { AttemptLimit } from '../attempts/attempt-limit.js';
import type { AttemptLimits } from '../attempts/attempt-limits.js';
import { networkOf } from '../attempts/network.js';
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
  /** For the device to keep: see {@link KnownDevices}. */
  readonly deviceToken: string;
}

interface Attempt {
  readonly network: string;
  readonly limit: AttemptLimit;
  readonly subject: string;
  /** The device's token, if it is good. */
  readonly token: string | undefined;
}

const LONGEST_QUEUE_FOR_ONE = 100;

/** Checks a password and begins a session. */
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
    private readonly clientId: string,
  ) {}

  /**
   * @param deviceToken what the device kept from its last login
   * @throws ProblemError `invalid_credentials`: the same, and as slow, for an unknown account and a wrong password;
   *   `too_many_attempts`; `overloaded`
   */
  run(
    credentials: Credentials,
    device: Device,
    deviceToken: string | undefined,
    wanted: WantedToken = {},
  ): Promise<LoggedIn> {
    const attempt = this.attemptOf(credentials.email, device, deviceToken);
    return this.turns.run(attempt.subject, async () => {
      await this.limits.address.begin(attempt.network);
      await attempt.limit.begin(attempt.subject);
      const tokens = await this.authenticate(credentials, device, wanted).catch((error: unknown) =>
        this.failed(attempt, error),
      );
      await Promise.all([this.limits.address.giveBack(attempt.network), attempt.limit.forgive(attempt.subject)]);
      return { tokens, deviceToken: attempt.token ?? this.knownDevices.remember(credentials.email) };
    });
  }

  /** Counted for the known device, or else for the account: whether there is such an account makes no difference. */
  private attemptOf(email: string, device: Device, deviceToken: string | undefined): Attempt {
    const network = networkOf(device.ip);
    const id = this.knownDevices.recognise(deviceToken, email);
    return id === undefined
      ? { network, limit: this.limits.account, subject: emailKey(email), token: undefined }
      : { network, limit: this.limits.device, subject: `${id} ${emailKey(email)}`, token: deviceToken };
  }

  /** Only a wrong guess counts. */
  private async failed({ network, limit, subject }: Attempt, error: unknown): Promise<never> {
    if (!(error instanceof ProblemError && error.code === 'invalid_credentials')) {
      await Promise.all([this.limits.address.giveBack(network), limit.giveBack(subject)]);
    }
    throw error;
  }

  private async authenticate(
    { email, password }: Credentials,
    device: Device,
    wanted: WantedToken,
  ): Promise<TokenResponse> {
    const account = await this.accounts.findByEmail(this.db, email);
    const matches = await this.hasher.verify(account?.passwordHash, password);
    if (account === undefined || !matches || account.disabledAt !== null) throw invalidCredentials();
    return this.begin(account, device, wanted);
  }

  private begin(account: Account, device: Device, wanted: WantedToken): Promise<TokenResponse> {
    return this.db.transaction(async (tx) => {
      if (!(await this.accounts.holdForLogin(tx, account))) throw invalidCredentials();
      await this.audit.record(tx, {
        actor: { type: 'account', id: account.id, ip: device.ip },
        action: 'account.login',
        target: { type: 'account', id: account.id },
      });
      return this.startSession.run(tx, account.id, this.clientId, device, wanted);
    });
  }
}

function invalidCredentials(): ProblemError {
  return new ProblemError(401, 'invalid_credentials', 'The email address or the password is wrong');
}
