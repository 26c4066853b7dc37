import { ProblemError } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import type { AuditLog } from '../security-events/audit-log.js';
import type { Device, StartSession } from '../sessions/start-session.js';
import type { TokenResponse } from '../tokens/token-response.js';
import type { AccountStore } from './account-store.js';
import type { PasswordHasher } from './password-hasher.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** Checks a password and begins a session. */
export class LogIn {
  constructor(
    private readonly db: AuthDatabase,
    private readonly accounts: AccountStore,
    private readonly hasher: PasswordHasher,
    private readonly startSession: StartSession,
    private readonly audit: AuditLog,
    private readonly clientId: string,
  ) {}

  /** @throws ProblemError `invalid_credentials`: the same, and as slow, for an unknown account and a wrong password */
  async run({ email, password }: Credentials, device: Device): Promise<TokenResponse> {
    const account = await this.accounts.findByEmail(this.db, email);
    const matches = await this.hasher.verify(account?.passwordHash, password);
    if (account === undefined || !matches || account.disabledAt !== null) throw invalidCredentials();
    return this.db.transaction(async (tx) => {
      await this.audit.record(tx, {
        actor: { type: 'account', id: account.id, ip: device.ip },
        action: 'account.login',
        target: { type: 'account', id: account.id },
      });
      return this.startSession.run(tx, account.id, this.clientId, device);
    });
  }
}

function invalidCredentials(): ProblemError {
  return new ProblemError(401, 'invalid_credentials', 'The email address or the password is wrong');
}
