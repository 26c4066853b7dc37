import { OperatorError, Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { AccountStore } from './account-store.js';
import type { PasswordAnnouncement } from './password-announcement.js';
import { randomPassword } from './random-password.js';
import type { RegisterAccount } from './register-account.js';

export interface FirstAdministratorOptions {
  readonly email: string;
  /** If undefined, a random password is created and announced once. */
  readonly password: string | undefined;
  /** The minimum length of a random password. */
  readonly shortestPassword: number;
  /** How to announce a random password. */
  readonly announcement: PasswordAnnouncement;
}

/** Creates an administrator if there is none. There is no default password. */
export async function ensureAdministrator(
  db: AuthDatabase,
  accounts: AccountStore,
  register: RegisterAccount,
  { email, password, shortestPassword, announcement }: FirstAdministratorOptions,
): Promise<void> {
  if (await accounts.hasAnyWithRole(db, 'admin')) return;
  const chosen = password ?? randomPassword(shortestPassword);
  if (password === undefined) announcement.prepare(email, chosen);
  try {
    await register.run({ email, password: chosen, name: 'Administrator' }, ['customer', 'admin'], SYSTEM_ACTOR);
  } catch (error) {
    if (password === undefined) announcement.withdraw();
    // Another instance, started at the same time, has created one.
    if (await accounts.hasAnyWithRole(db, 'admin')) return;
    if (error instanceof Refusal) {
      throw new OperatorError(
        `There is no administrator yet, and none can be created with ADMIN_EMAIL and ADMIN_PASSWORD. ${error.message} ` +
          'Set another password, or do not set it: then a random one is created.',
      );
    }
    throw error;
  }
  if (password === undefined) announcement.announce(email, chosen);
}
