import { OperatorError, Refusal } from '@watchword/platform';
import type { AuthDatabase } from '../database/auth-database.js';
import { SYSTEM_ACTOR } from '../security-events/audit-log.js';
import type { AccountStore } from './account-store.js';
import type { PasswordAnnouncement } from './password-announcement.js';
import { randomPassword } from './random-password.js';
import type { RegisterAccount } from './register-account.js';

export interface FirstAdministratorOptions {
  readonly email: string;
  /** Left out: a random one is made, and announced once. */
  readonly password: string | undefined;
  /** Characters of a random password, at least. */
  readonly shortestPassword: number;
  /** Of the random password. */
  readonly announcement: PasswordAnnouncement;
}

/** Makes an administrator while there is none. There is no default password. */
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
    // Another instance booted at the same time and was first.
    if (await accounts.hasAnyWithRole(db, 'admin')) return;
    if (error instanceof Refusal) {
      throw new OperatorError(
        `There is no administrator yet, and none can be made of ADMIN_EMAIL and ADMIN_PASSWORD. ${error.message} ` +
          'Set another password, or leave it out: a random one is made then.',
      );
    }
    throw error;
  }
  if (password === undefined) announcement.announce(email, chosen);
}
