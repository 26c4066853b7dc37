import { OperatorError, ProblemError } from '@watchword/platform';
import { randomBytes } from 'node:crypto';
import type { AuthDatabase } from '../database/auth-database.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { AccountStore } from './account-store.js';
import type { RegisterAccount } from './register-account.js';

const PASSWORD_BYTES = 18;

export interface FirstAdministratorOptions {
  readonly email: string;
  /** Left out: a random one is made, and announced once. */
  readonly password: string | undefined;
  /** Shows the random password to whoever started the system. */
  readonly announce: (email: string, password: string) => void;
}

/** Makes an administrator while there is none. There is no default password. */
export async function ensureAdministrator(
  db: AuthDatabase,
  accounts: AccountStore,
  register: RegisterAccount,
  { email, password, announce }: FirstAdministratorOptions,
): Promise<void> {
  if (await accounts.hasAnyWithRole(db, 'admin')) return;
  const chosen = password ?? randomBytes(PASSWORD_BYTES).toString('base64url');
  try {
    await register.run({ email, password: chosen, name: 'Administrator' }, ['customer', 'admin'], SYSTEM_ACTOR);
  } catch (error) {
    // Another instance booted at the same time and was first.
    if (await accounts.hasAnyWithRole(db, 'admin')) return;
    if (error instanceof ProblemError) {
      throw new OperatorError(
        `There is no administrator yet, and none can be made of ADMIN_EMAIL and ADMIN_PASSWORD. ${error.message} ` +
          'Set another password, or leave it out: a random one is made then, and printed once.',
      );
    }
    throw error;
  }
  if (password === undefined) announce(email, chosen);
}
